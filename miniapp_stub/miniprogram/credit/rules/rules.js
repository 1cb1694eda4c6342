const api = require("../../lib/api");
const credit = require("../../lib/credit");
const view = require("../../lib/credit-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const KINDS = ["resident", "household", "merchant"];

/** A version that is not in force yet: how far it is, what it would change, and what was said of it. */
async function coming(book, version, held, off, today) {
  const before = book.versions.find((each) => view.isInForce(each, today)) || (held && held.version); // its own rulebook's, or what holds until then
  const [comments, whole, difference] = await Promise.all([
    api.all(`/rulebook-versions/${version.id}/comments`), before ? null : api.get(`/rulebook-versions/${version.id}`),
    before ? api.get(`/rulebook-versions/${before.id}/difference`, { with: version.id }) : null]);
  const canComment = version.status === "consulted" && version.consulted_until > today;
  return {
    id: version.id, title: t("credit.version", { title: view.said(book, "title"), n: version.number }), canComment, comments: comments.items.map(view.comment),
    stand: view.stand(version, today), difference: difference && view.difference(difference, !off), branches: whole ? view.tree(whole) : [],
  };
}

screen("credit_rules", {
  fields: { said: "said" },
  data: { kind: "resident", opened: "", commenting: "", said: "" },

  onLoad({ kind }) {
    if (KINDS.includes(kind)) this.setData({ kind });
  },

  async load() {
    const me = await api.get("/me");
    const off = view.isOff(me);
    const today = format.isoDay(Date.now());
    const books = await credit.booksOf(me.home_area_id, this.data.kind);
    const held = view.nearest(books, today);
    const version = held && await api.get(`/rulebook-versions/${held.version.id}`);
    const next = books.flatMap((book) => book.versions.filter((each) => view.isComing(each, today)).map((each) => coming(book, each, held, off, today)));
    return {
      off, stale: me.stale, kinds: KINDS.map((value) => ({ value, text: t(`credit.${value}`) })),
      title: held ? t("credit.version", { title: view.said(held.book, "title"), n: version.number }) : "", area: held ? held.book.area.name : "",
      since: held ? t("credit.in_force_since", { day: view.dayOf(version.in_force_from) }) : "", voted: held ? view.voted(version) : "",
      span: held && !off ? t("credit.span", { base: version.base, most: version.most }) : "",
      grades: held && !off ? version.grades.map(view.grade) : [], branches: held ? view.tree(version) : [], coming: await Promise.all(next),
    };
  },

  choose(event) {
    this.setData({ kind: event.detail.value, opened: "", problem: null });
    return this.reload();
  },

  toggle(event) {
    const { id } = event.currentTarget.dataset;
    this.setData({ opened: this.data.opened === id ? "" : id });
  },

  startComment(event) { this.setData({ commenting: event.currentTarget.dataset.id, problem: null, wrong: {} }); },
  cancel() { this.setData({ commenting: "" }); },
  typed(event) { this.setData({ said: event.detail.value }); },

  async comment() {
    if (!await this.act("comment", () => api.post(`/rulebook-versions/${this.data.commenting}/comments`, { said: this.data.said.trim() }))) return;
    this.setData({ commenting: "", said: "" });
    await this.reload();
  },
});
