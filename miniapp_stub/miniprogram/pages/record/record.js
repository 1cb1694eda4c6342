const api = require("../../lib/api");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const recordView = require("../../lib/record-view");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

const OBJECTABLE = ["approved", "credited", "rejected", "reversed", "pending"];

screen("record", {
  data: { objecting: false, reason: "" },

  async load({ id }) {
    const record = await api.get(`/activity-records/${id}`);
    const objections = await api.get("/objections").catch(() => ({ items: [] }));
    const isOwn = record.resident_id === session.person().id;
    const mine = objections.items.filter((each) => each.activity_record_id === id);
    return {
      record: recordView.view(record), history: record.history.map((each) => recordView.step(each)), stale: record.stale,
      pictures: record.evidence, isMine: isOwn && record.evidence_tier === "D",
      notice: record.status === "approved" && record.notice_until ? t("record.notice_until", { day: format.day(record.notice_until) }) : "",
      objections: mine.map((each) => ({ id: each.id, text: t(`record.objection_${each.status}`), reason: each.reason, answer: each.decided_reason || "" })),
      canObject: isOwn && OBJECTABLE.includes(record.status) && !mine.some((each) => each.status === "open"), canWithdraw: isOwn && record.status === "pending",
    };
  },

  ask() { this.setData({ objecting: true, problem: null }); },
  cancel() { this.setData({ objecting: false }); },
  typed(event) { this.setData({ reason: event.detail.value }); },

  async object() {
    const made = await this.act("object", () => api.post(`/activity-records/${this.query.id}/objection`, { reason: this.data.reason.trim() }));
    if (!made) return;
    this.setData({ objecting: false, reason: "" });
    await this.reload();
  },

  async withdraw() {
    const { confirm } = await wx.showModal({ content: t("record.withdraw_sure"), confirmText: t("record.withdraw"), cancelText: t("common.no") });
    if (confirm && await this.act("withdraw", () => api.post(`/activity-records/${this.query.id}/withdraw`))) await this.reload();
  },
});
