const api = require("../../lib/api");
const credit = require("../../lib/credit");
const view = require("../../lib/credit-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const KINDS = ["resident", "household", "merchant"];

/** A version that is not in force yet: how far it is, what it would change, and what was said of it. */
async function coming(book, version, held, off, today) {
  const before = book.versions.find((each) => view.isInForce(each, today)) || held; // its own rulebook's, or what holds until then
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
    const [books, version] = await Promise.all([credit.booksOf(me.home_area_id, this.data.kind), credit.rulesOf(me.home_area_id, this.data.kind)]);
    const book = version && books.find(({ id }) => id === version.rulebook_id);
    const next = books.flatMap((each) => each.versions.filter((one) => view.isComing(one, today)).map((one) => coming(each, one, version, off, today)));
    return {
      off, stale: me.stale, kinds: KINDS.map((value) => ({ value, text: t(`credit.${value}`) })),
      title: version ? t("credit.version", { title: view.said(book, "title"), n: version.number }) : "", area: version ? book.area.name : "",
      since: version ? t("credit.in_force_since", { day: view.dayOf(version.in_force_from) }) : "", voted: version ? view.voted(version) : "",
      span: version && !off ? t("credit.span", { base: version.base, most: version.most }) : "",
      grades: version && !off ? version.grades.map(view.grade) : [], branches: version ? view.tree(version) : [], coming: await Promise.all(next),
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
