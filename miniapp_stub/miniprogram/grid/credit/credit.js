// A file as a grid worker has it: what was entered, no score. What they saw is written down with what shows it.
const api = require("../../lib/api");
const credit = require("../../lib/credit");
const view = require("../../lib/credit-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const { invalid } = require("../../lib/problem");
const screen = require("../../lib/screen");

const usual = (item) => (item && item.inMinutes ? "60" : "1");
const blank = (today = "", items = []) => ({ item: 0, quantity: usual(items[0]), day: today, title: "", evidence: "" });

function quantityOf(text) {
  if (/^\s*\d{1,6}\s*$/.test(text)) return Number(text);
  throw invalid("quantity", t("problem.not_whole"));
}

const FIELDS = { code: "item", quantity: "quantity", happened_on: "day", title: "what", evidence: "evidence" };

screen("grid_credit", {
  fields: FIELDS,
  data: { kind: "resident", entries: [], facts: [], items: [], writing: false, alike: null, form: blank(), today: "", dayText: "" },

  async load({ id, household_id: household, name }) {
    const { kind } = this.data;
    const kinds = (household ? ["resident", "household"] : ["resident"]).map((value) => ({ value, text: t(`credit.${value}`) }));
    const { items: [file], stale } = await api.get("/credit-files", kind === "household" ? { household_id: household } : { person_id: id });
    this.file = file;
    if (!file) return { name, kinds, fileId: "", entries: [], facts: [], items: [], stale };
    const [entries, facts, rules] = await Promise.all([
      api.all(`/credit-files/${file.id}/entries`), kind === "household" ? api.all(`/credit-files/${file.id}/facts`) : { items: [] }, credit.rulesOf(file.area_id, kind)]);
    const today = format.isoDay(Date.now());
    const items = rules ? view.choices(rules) : [];
    return {
      name, kinds, fileId: file.id, stale: entries.stale, entries: entries.items.map(view.entry), facts: facts.items.map(view.fact), today,
      items, form: this.data.form.day ? this.data.form : blank(today, items), // what somebody is filling in is left alone
    };
  },

  choose(event) {
    this.setData({ kind: event.detail.value, problem: null, form: blank() });
    return this.reload();
  },

  write() {
    this.setData({ writing: true, problem: null, wrong: {} });
    this.show();
  },
  cancel() { this.setData({ writing: false, alike: null }); },

  change(event) {
    const { name } = event.currentTarget.dataset;
    if (name === "item") this.chooseItem(Number(event.detail.value));
    else this.setData({ [`form.${name}`]: event.detail.value });
    this.show();
  },

  chooseItem(at) { this.setData({ "form.item": at, "form.quantity": usual(this.data.items[at]) }); },

  show() {
    const { form, items } = this.data;
    const inMinutes = Boolean(items[form.item] && items[form.item].inMinutes);
    this.fields = { ...FIELDS, quantity: inMinutes ? "in_minutes" : "quantity" };
    this.setData({ dayText: format.day(format.momentOf(form.day)), asked: items[form.item] ? items[form.item].evidence : "", inMinutes });
  },

  /** `how`: nothing, the first time; then whether it is the deed that is there already, or another one. */
  async send(how = {}) {
    const { form, items } = this.data;
    const made = await this.act("write", () => api.post(`/credit-files/${this.file.id}/entries`, {
      code: items[form.item].code, quantity: quantityOf(form.quantity), happened_on: form.day, title: form.title.trim(), evidence: form.evidence.trim(), ...how }));
    if (!made) return;
    this.setData({ writing: false, alike: null, form: blank() });
    wx.showToast({ title: t("grid_credit.written"), icon: "success" });
    await this.reload();
  },

  submit() { return this.send(); },
  same() { return this.send({ same_deed_as: this.data.alike.id }); },
  another() { return this.send({ is_another: true }); },

  /** There is one of the same day and item: it is shown, and the question with it. */
  refused(problem) {
    if (problem.code !== "looks_the_same") return;
    const { entry_id: id } = problem.body;
    this.setData({ problem: null, alike: this.data.entries.find((each) => each.id === id) || { id, title: "", when: "" } });
  },
});
