const api = require("../../lib/api");
const { offerView } = require("../../lib/coupon-view");
const { t, word } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const KINDS = ["", "cash_off", "percent_off", "goods", "service", "free_trial"];

screen("offers", {
  data: { kind: "", offers: [] },

  async load() {
    const [points, found] = await Promise.all([api.get("/me/points"), api.all("/offers", { status: "on_sale", kind: this.data.kind })]);
    this.kinds = this.data.kind ? this.kinds : new Set(found.items.map((offer) => offer.kind));
    return {
      available: points.available, offers: found.items.map((offer) => offerView(offer, points.available)).sort((a, b) => b.can - a.can || a.price - b.price),
      kinds: KINDS.filter((kind) => !kind || this.kinds.has(kind)).map((value) => ({ value, text: value ? word("offer_kind", value) : t("offers.all") })),
      stale: points.stale || found.stale,
    };
  },

  filterBy(event) {
    this.setData({ kind: event.detail.value });
    return this.reload();
  },

});
