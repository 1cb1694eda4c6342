const api = require("../../lib/api");
const credit = require("../../lib/credit");
const view = require("../../lib/credit-view");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");

const LOOKS = 10;

/** What a file shows while it is in the scheme. `off`: without its score, its grade and what they open. */
async function standing(file, off) {
  const path = `/credit-files/${file.id}`;
  const [found, entries, looks, facts] = await Promise.all([
    off ? null : credit.scoreOf(file.id), api.all(`${path}/entries`), api.get(`${path}/looks`, { limit: LOOKS }), file.kind === "resident" ? { items: [] } : api.all(`${path}/facts`)]);
  const [version, rewards] = found ? await Promise.all([api.get(`/rulebook-versions/${found.version_id}`), api.get(`${path}/rewards`)]) : [{ grades: [] }, { items: [] }];
  const told = new Set(found ? found.lines.map((each) => each.entry_id) : []); // by the score, once is enough
  const opened = rewards.items.map((each) => view.reward(each, version.grades));
  return {
    score: found && view.score(found), noRules: !off && !found, stale: entries.stale, looks: looks.items.map(view.look), facts: facts.items.map(view.fact),
    opened: opened.filter((each) => each.isOpen), closed: opened.filter((each) => !each.isOpen),
    entries: entries.items.filter((row) => off || !found || ((row.voided_at || row.stopped_on) && !told.has(row.id))).map(view.entry),
  };
}

screen("credit_file", {
  data: { chosen: "resident", score: null, entries: [], looks: [], facts: [], opened: [], closed: [], showing: "" },

  onLoad({ kind }) {
    if (kind) this.setData({ chosen: kind });
  },

  async load() {
    const [me, reviews] = await Promise.all([api.get("/me"), api.get("/me/reviews")]);
    const toReview = reviews.items.filter((row) => !row.is_handed_in).length;
    const subjects = await credit.subjects(me);
    const subject = subjects.find(({ value }) => value === this.data.chosen) || subjects[0];
    const { file } = subject;
    const isIn = Boolean(file && file.joined_on);
    const off = view.isOff(me);
    this.subject = subject;
    return {
      subjects, chosen: subject.value, name: subject.name, kind: subject.kind, fileId: file ? file.id : "", isIn, off, waiting: toReview ? t("credit_file.waiting", { n: toReview }) : "", stale: me.stale,
      ofHousehold: subject.kind === "resident" && Boolean(me.household_id),
      since: isIn ? t("credit.in_since", { day: view.dayOf(file.joined_on) }) : "", rests: Boolean(file) && !isIn, leftOut: Boolean(file && file.without_volunteering),
      ...(isIn ? await standing(file, off) : { score: null, noRules: false, entries: [], looks: [], facts: [], opened: [], closed: [] }),
    };
  },

  choose(event) {
    this.setData({ chosen: event.detail.value, problem: null, showing: "" });
    return this.reload();
  },

  toggle(event) {
    const { part } = event.currentTarget.dataset;
    this.setData({ showing: this.data.showing === part ? "" : part });
  },

  open(event) { navigate.go(`/credit/entry/entry?id=${event.currentTarget.dataset.id}&file=${this.data.fileId}`); },
  rules() { navigate.go(`/credit/rules/rules?kind=${this.data.kind}`); },
  reviews() { navigate.go("/credit/reviews/reviews"); },
  reviewed() { navigate.go("/credit/reviewed/reviewed"); },
  letters() { navigate.go(`/credit/letters/letters?who=${this.data.chosen}`); },

  async join() {
    if (await this.act("join", () => api.post("/me/credit-files/join", credit.wanted(this.subject)))) await this.reload();
  },

  async leave() {
    const { confirm } = await wx.showModal({ title: t("credit_file.leave"), content: t("credit_file.leave_sure"), confirmText: t("credit_file.leave_yes"), cancelText: t("common.no") });
    if (confirm && await this.act("leave", () => api.post("/me/credit-files/leave", credit.wanted(this.subject)))) await this.reload();
  },

  /** Keeping it out voids what is there, for good: asked once more. */
  async leaveOut(event) {
    const leftOut = event.detail.value;
    const { confirm } = leftOut ? await wx.showModal({ content: t("credit_file.left_out_sure"), confirmText: t("credit_file.left_out_yes"), cancelText: t("common.no") }) : { confirm: true };
    if (confirm) await this.act("volunteering", () => api.post("/me/credit-files/volunteering", { left_out: leftOut }));
    this.setData({ leftOut }); // so that a no, too, sets the switch back to what is so
    await this.reloadKeepingProblem();
  },
});
