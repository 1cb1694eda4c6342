const api = require("../../lib/api");
const { view } = require("../../lib/coupon-view");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");

const OVER = ["expired", "refunded", "void"];

screen("wallet", {
  data: { filter: "available", coupons: [] },

  async load() {
    const { filter } = this.data;
    const found = await api.all("/me/coupons", { status: filter === "over" ? "" : filter });
    const items = filter === "over" ? found.items.filter((coupon) => OVER.includes(coupon.status)) : found.items;
    if (filter === "available") items.sort((a, b) => new Date(a.valid_until) - new Date(b.valid_until));
    return {
      coupons: items.map((coupon) => view(coupon)), stale: found.stale,
      filters: ["available", "used", "over"].map((value) => ({ value, text: t(`wallet.filter_${value}`) })),
    };
  },

  filterBy(event) {
    this.setData({ filter: event.detail.value });
    return this.reload();
  },

  open(event) { navigate.go(`/pages/coupon/coupon?id=${event.detail.id}`); },
});
