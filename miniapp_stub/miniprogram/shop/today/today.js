const api = require("../../lib/api");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");
const shops = require("../../lib/shops");

const HOUR_MS = 3600 * 1000;
const REASONS = ["mistaken", "changed_mind", "wrong_amount"];

function view(redemption, now) {
  const undone = redemption.status !== "done";
  return {
    id: redemption.id, title: redemption.title, at: format.clock(redemption.at), amount: format.yuan(redemption.discount_fen), undone,
    tag: undone ? t("today.undone") : "", canUndo: !undone && now - new Date(redemption.at) < HOUR_MS,
  };
}

screen("today", {
  data: { day: "", items: [], undoing: null, reason: "", other: "", reasons: [] },

  async load() {
    const today = format.isoDay(Date.now());
    const day = this.data.day || today;
    const shop = shops.current(await shops.mine());
    const found = await api.all("/redemptions", {
      shop_id: shop.id, from: format.momentOf(day).toISOString(), to: format.momentOf(format.addDays(day, 1)).toISOString() });
    const done = found.items.filter((each) => each.status === "done");
    return {
      day, today, dayText: format.day(format.momentOf(day)), shop: shop.name, count: done.length,
      total: format.yuan(done.reduce((sum, each) => sum + each.discount_fen, 0)), due: format.yuan(done.reduce((sum, each) => sum + each.merchant_due_fen, 0)),
      items: found.items.map((each) => view(each, Date.now())), stale: found.stale,
      reasons: REASONS.map((value) => ({ value, text: t(`today.reason_${value}`) })),
    };
  },

  chooseDay(event) {
    this.setData({ day: event.detail.value });
    return this.reload();
  },

  ask(event) { this.setData({ undoing: this.data.items.find((each) => each.id === event.currentTarget.dataset.id), reason: "", other: "", problem: null }); },
  close() { this.setData({ undoing: null }); },
  chooseReason(event) { this.setData({ reason: event.detail.value }); },
  typed(event) { this.setData({ other: event.detail.value }); },

  async undo() {
    const { undoing, reason, other } = this.data;
    const said = other.trim() || t(`today.reason_${reason}`);
    const made = await this.act("undo", () => api.post(`/redemptions/${undoing.id}/reverse`, { reason: said }, { once: true }));
    if (!made) return;
    this.setData({ undoing: null });
    wx.showToast({ title: t("today.undone"), icon: "success" });
    await this.reload();
  },
});
