const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const recordView = require("../../lib/record-view");
const screen = require("../../lib/screen");
const { areaId } = require("../../lib/staff-area");

const AT_ONCE = 100;
const REASONS = ["not_there", "too_long", "no_proof", "twice"];

screen("queue", {
  data: { items: [], chosen: {}, count: 0, rejecting: false, reason: "", other: "", outcome: null, reasons: [] },

  async load({ event_id }) {
    const page = await api.get("/activity-records", { status: "pending", area_id: areaId(), event_id, limit: AT_ONCE });
    const items = page.items.map((record) => ({ ...recordView.view(record), odd: record.flags.length > 0, second: record.approvals_needed > 1 }));
    const still = Object.fromEntries(items.filter((item) => this.data.chosen[item.id]).map((item) => [item.id, true]));
    return {
      items, chosen: still, count: Object.keys(still).length, more: Boolean(page.next_cursor), odd: items.filter((item) => item.odd).length, stale: page.stale,
      reasons: REASONS.map((value) => ({ value, text: t(`queue.reason_${value}`) })),
    };
  },

  select(ids) {
    const chosen = Object.fromEntries(ids.map((id) => [id, true]));
    this.setData({ chosen, count: ids.length });
  },

  toggle(event) {
    const { id } = event.currentTarget.dataset;
    const ids = this.data.items.map((item) => item.id).filter((each) => (each === id ? !this.data.chosen[each] : this.data.chosen[each]));
    this.select(ids);
  },

  selectPlain() { this.select(this.data.items.filter((item) => !item.odd).map((item) => item.id)); },
  selectNone() { this.select([]); },
  look(event) { navigate.go(`/pages/record/record?id=${event.currentTarget.dataset.id}`); },

  askReason() { this.setData({ rejecting: true, reason: "", other: "" }); },
  cancel() { this.setData({ rejecting: false }); },
  chooseReason(event) { this.setData({ reason: event.detail.value }); },
  typed(event) { this.setData({ other: event.detail.value }); },

  approve() { return this.decide((id) => ({ id, decision: "approve" })); },

  reject() {
    const reason = this.data.other.trim() || t(`queue.reason_${this.data.reason}`);
    return this.decide((id) => ({ id, decision: "reject", reason }));
  },

  async decide(each) {
    const items = this.data.items.filter((item) => this.data.chosen[item.id]).map((item) => each(item.id));
    const answer = await this.act("decide", () => api.post("/activity-records/decisions", { items }, { once: true }));
    this.setData({ rejecting: false });
    if (!answer) return;
    const names = Object.fromEntries(this.data.items.map((item) => [item.id, item.who]));
    const refused = answer.items.filter((item) => item.problem);
    this.setData({
      chosen: {}, outcome: {
        text: t("queue.outcome", { n: answer.items.length - refused.length }), good: refused.length === 0,
        refused: refused.map((item) => ({ id: item.id, text: `${names[item.id]}: ${item.problem.detail}` })),
      },
    });
    await this.reload();
  },
});
