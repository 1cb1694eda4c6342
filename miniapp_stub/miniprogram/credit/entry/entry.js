const api = require("../../lib/api");
const credit = require("../../lib/credit");
const view = require("../../lib/credit-view");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const PLEDGE_LEAST = 10;

/** Which entry: by its own id, or by that of the objection or the repair that a message spoke of. */
async function idOf({ id, objection, repair }) {
  if (objection) return (await credit.find("/credit-objections", (each) => each.id === objection)).entry_id;
  return repair ? (await credit.find("/repairs", (each) => each.id === repair)).entry_id : id;
}

screen("credit_entry", {
  fields: { reason: "reason", pledge: "pledge", evidence: "done" },
  data: { asking: "", reason: "", pledge: "", done: "", enough: false },

  async load(query) {
    const [me, { row, file }] = await Promise.all([api.get("/me"), idOf(query).then((id) => credit.entryOf(id, query.file))]);
    this.id = row.id;
    const off = view.isOff(me);
    const [score, objections, repairs] = await Promise.all([file.joined_on && !off ? credit.scoreOf(file.id) : null, api.all("/credit-objections", { entry_id: row.id }), api.all("/repairs", { entry_id: row.id })]);
    const line = score && score.lines.find((each) => each.entry_id === row.id);
    const version = await (score ? api.get(`/rulebook-versions/${score.version_id}`) : credit.rulesOf(file.area_id, file.kind));
    const item = version && version.indicators.find((each) => each.code === row.code && each.measured === row.measured);
    const openOf = (found) => found.items.find((each) => each.status === "open");
    const isGone = Boolean(row.voided_at || row.stopped_on);
    return {
      entry: view.entry(row), voidedWhy: row.voided_reason || "", line: line ? view.explained(line) : "", stale: me.stale, off,
      item: item && !off ? view.item(item) : null,
      objections: objections.items.map(view.objection), repairs: repairs.items.map(view.repair),
      canObject: !row.voided_at && !openOf(objections), canRepair: !isGone && !openOf(repairs) && view.isRepairable(line, item, off), openRepair: (openOf(repairs) || {}).id || "",
    };
  },

  askObjection() { this.setData({ asking: "objection", problem: null, wrong: {} }); },
  askRepair() { this.setData({ asking: "repair", problem: null, wrong: {} }); },
  cancel() { this.setData({ asking: "" }); },

  typed(event) {
    this.setData({ [event.currentTarget.dataset.name]: event.detail.value });
    this.setData({ enough: this.data.pledge.trim().length >= PLEDGE_LEAST && Boolean(this.data.done.trim()) });
  },

  async object() {
    if (!await this.act("object", () => api.post(`/credit-entries/${this.id}/objection`, { reason: this.data.reason.trim() }))) return;
    this.setData({ asking: "", reason: "" });
    await this.reload();
  },

  async repair() {
    const { pledge, done } = this.data;
    if (!await this.act("repair", () => api.post(`/credit-entries/${this.id}/repair`, { pledge: pledge.trim(), evidence: done.trim() }))) return;
    this.setData({ asking: "", pledge: "", done: "", enough: false });
    await this.reload();
  },

  async withdraw() {
    const { confirm } = await wx.showModal({ content: t("credit_entry.withdraw_sure"), confirmText: t("credit_entry.withdraw"), cancelText: t("common.no") });
    if (confirm && await this.act("withdraw", () => api.post(`/repairs/${this.data.openRepair}/withdraw`))) await this.reload();
  },
});
