// One plan that somebody runs: what happened is written down, never changed, until the plan is closed.
const api = require("../../lib/api");
const view = require("../../lib/culture-view");
const format = require("../../lib/format");
const { t, word } = require("../../lib/i18n");
const { invalid } = require("../../lib/problem");
const screen = require("../../lib/screen");

const KINDS = ["rule_kept", "service", "work_found", "rule_broken"];
const blank = (day) => ({ kind: "rule_kept", day, minutes: "", note: "" });

function minutesOf({ kind, minutes }) {
  if (kind !== "service") return null;
  if (/^\s*\d{1,4}\s*$/.test(minutes)) return Number(minutes);
  throw invalid("minutes", t("problem.not_whole"));
}

screen("grid_correction", {
  fields: { on_day: "day", minutes: "minutes", note: "note" },
  data: { writing: false, form: blank(""), today: "", dayText: "", kinds: [] },

  async load({ id, name }) {
    const [whole, steps] = await Promise.all([api.get(`/correction-plans/${id}`), api.all(`/correction-plans/${id}/steps`)]);
    return {
      name, plan: view.plan(whole), runs: whole.status === "running", steps: steps.items.map(view.step), stale: whole.stale, today: format.isoDay(Date.now()),
      kinds: KINDS.map((value) => ({ value, text: word("plan_step", value) })),
    };
  },

  write() {
    const { form, today } = this.data;
    this.setData({ writing: true, problem: null, wrong: {}, form: form.day ? form : blank(today) }); // what was not sent yet is still there
    this.show();
  },

  cancel() { this.setData({ writing: false }); },

  change(event) {
    this.setData({ [`form.${event.currentTarget.dataset.name}`]: event.detail.value });
    this.show();
  },

  show() { this.setData({ dayText: format.day(format.momentOf(this.data.form.day)) }); },

  async submit() {
    const { form } = this.data;
    const made = await this.act("write", () => api.post(`/correction-plans/${this.query.id}/steps`, { kind: form.kind, on_day: form.day, minutes: minutesOf(form), note: form.note.trim() }));
    if (!made) return;
    this.setData({ writing: false, form: blank("") });
    await this.reload();
  },

  async close() {
    const { confirm } = await wx.showModal({ content: t("grid_correction.close_sure"), confirmText: t("grid_correction.close_it"), cancelText: t("common.no") });
    if (confirm && await this.act("close", () => api.post(`/correction-plans/${this.query.id}/close`))) await this.reload();
  },
});
