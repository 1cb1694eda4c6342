const api = require("../../lib/api");
const { offerOf } = require("../../lib/codes");
const { offerView, terms } = require("../../lib/coupon-view");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

/** Whether one has a coupon of it to use: then that is said beside why there is no other, also after an answer that was lost. */
async function isHeld(offer) {
  if (offer.can_exchange) return false;
  const { items } = await api.all("/me/coupons", { status: "available" });
  return items.some((coupon) => coupon.offer_id === offer.id);
}

screen("offer", {
  /** Opened from the list by its id, or by WeChat's own scanner with a mini program code's scene. */
  async load({ id, scene }) {
    const [offer, points] = await Promise.all([api.get(`/offers/${id || offerOf(scene)}`), api.get("/me/points")]);
    this.offer = offer;
    return {
      offer: offerView(offer, points.available), available: points.available, terms: terms(offer), shops: offer.shops, held: await isHeld(offer),
      after: t("offer.after", { n: points.available - offer.points_price }), stale: offer.stale || points.stale,
    };
  },

  async exchange() {
    const coupon = await this.act("exchange", () => api.post("/coupons", { offer_id: this.offer.id }, { once: true }));
    if (!coupon) return;
    wx.showToast({ title: t("offer.done"), icon: "success" });
    wx.redirectTo({ url: `/pages/coupon/coupon?id=${coupon.id}` });
  },

  /** Had already: the page shows it. */
  refused({ code }) { return code === "limit_reached" ? this.reloadKeepingProblem() : undefined; },

  onShareAppMessage() {
    return { title: this.offer.title, path: `/pages/offer/offer?id=${this.offer.id}` };
  },
});
