const api = require("../../lib/api");
const { pageOf } = require("../../lib/codes");
const { offerView } = require("../../lib/coupon-view");
const { t, word } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const KINDS = ["", "cash_off", "percent_off", "goods", "service", "free_trial"];

screen("offers", {
  /** By an offer's mini program code: `offer` from the first page, `scene` where the code opens this one. */
  onLoad({ offer, scene }) { this.named = offer || (/offer=(.+)/.exec(pageOf(scene)) || [])[1]; },

  data: { kind: "", offers: [], chosen: null },

  async load() {
    const [points, found] = await Promise.all([api.get("/me/points"), api.all("/offers", { status: "on_sale", kind: this.data.kind })]);
    const named = this.named && found.items.find((offer) => offer.id === this.named);
    this.named = "";
    this.kinds = this.data.kind ? this.kinds : new Set(found.items.map((offer) => offer.kind));
    return {
      ...(named ? this.asking(offerView(named, points.available), points.available) : {}), available: points.available, offers: found.items.map((offer) => offerView(offer, points.available)).sort((a, b) => b.can - a.can || a.price - b.price),
      kinds: KINDS.filter((kind) => !kind || this.kinds.has(kind)).map((value) => ({ value, text: value ? word("offer_kind", value) : t("offers.all") })),
      stale: points.stale || found.stale,
    };
  },

  filterBy(event) {
    this.setData({ kind: event.detail.value });
    return this.reload();
  },

  choose(event) {
    const chosen = this.data.offers.find((offer) => offer.id === event.currentTarget.dataset.id);
    this.setData({ problem: null, ...this.asking(chosen, this.data.available) });
  },

  /** The question before an exchange; what cannot be exchanged is in the list, with why. */
  asking: (offer, available) => ({ chosen: offer.can ? { ...offer, after: t("offers.after", { n: available - offer.price }) } : null }),

  close() { this.setData({ chosen: null }); },

  async exchange() {
    const coupon = await this.act("exchange", () => api.post("/coupons", { offer_id: this.data.chosen.id }, { once: true }));
    if (!coupon) return;
    this.setData({ chosen: null });
    wx.showToast({ title: t("offers.done"), icon: "success" });
    wx.navigateTo({ url: `/pages/coupon/coupon?id=${coupon.id}` });
  },
});
