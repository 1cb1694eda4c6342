const api = require("../../lib/api");
const { view } = require("../../lib/coupon-view");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const LOOK_AGAIN_MS = 3000;

screen("coupon", {
  data: { used: false },

  async load({ id }) {
    const coupon = await api.get(`/coupons/${id}`);
    this.watch(coupon);
    return { coupon: view(coupon), path: `/coupons/${id}/code`, picturePath: `/coupons/${id}/code.png`, stale: coupon.stale };
  },

  onShow() {
    this.shown = true;
    this.brighten();
  },

  onHide() { this.leave(); },
  onUnload() { this.leave(); },

  leave() {
    this.shown = false;
    clearTimeout(this.timer);
    if (this.brightness !== undefined) wx.setScreenBrightness({ value: this.brightness, fail() {} });
    wx.setKeepScreenOn({ keepScreenOn: false, fail() {} });
  },

  /** A scanner reads a bright screen; the phone gets its own brightness back on leaving. */
  brighten() {
    wx.getScreenBrightness({ success: ({ value }) => { this.brightness = value; wx.setScreenBrightness({ value: 1, fail() {} }); }, fail() {} });
    wx.setKeepScreenOn({ keepScreenOn: true, fail() {} });
  },

  /** The till says it is used; so does this screen, without being asked. */
  watch(coupon) {
    clearTimeout(this.timer);
    if (coupon.status === "used" && this.wasUsable) this.setData({ used: true });
    this.wasUsable = coupon.status === "available";
    if (this.wasUsable) this.setData({ used: false }); // the use may have been taken back meanwhile
    if (this.shown && (this.wasUsable || this.data.used)) this.timer = setTimeout(() => this.reload(), LOOK_AGAIN_MS);
  },

  async refund() {
    const { confirm } = await wx.showModal({
      title: t("coupon.refund"), content: t("coupon.refund_sure", { n: this.data.coupon.points_paid }), confirmText: t("coupon.refund"), cancelText: t("common.no") });
    if (confirm && await this.act("refund", () => api.post(`/coupons/${this.query.id}/refund`, {}, { once: true }))) await this.reload();
  },
});
