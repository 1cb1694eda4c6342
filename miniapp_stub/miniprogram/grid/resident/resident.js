const api = require("../../lib/api");
const { offerView } = require("../../lib/coupon-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");

screen("resident", {
  data: { choosing: false, offers: [], coupon: null },

  async load({ id }) {
    const person = await api.get(`/residents/${id}`);
    const card = person.has_card ? await api.get(`/residents/${id}/card`) : null;
    const area = await api.get(`/areas/${person.home_area_id}`);
    this.card = card;
    return { name: person.display_name, area: area.name, area_id: person.home_area_id, hasCard: Boolean(card), made: card ? format.fullDate(card.at) : "", stale: person.stale };
  },

  async makeCard() {
    if (this.data.hasCard) {
      const { confirm } = await wx.showModal({ title: t("resident.new_card"), content: t("resident.new_card_sure"), confirmText: t("resident.new_card"), cancelText: t("common.no") });
      if (!confirm) return;
    }
    if (await this.act("card", () => api.post(`/residents/${this.query.id}/card`))) await this.reload();
  },

  async revoke() {
    const { confirm } = await wx.showModal({ title: t("resident.revoke"), content: t("resident.revoke_sure"), confirmText: t("resident.revoke"), cancelText: t("common.no") });
    if (confirm && await this.act("revoke", () => api.post(`/cards/${this.card.id}/revoke`))) await this.reload();
  },

  print() { navigate.go(`/grid/paper/paper?kind=card&id=${this.query.id}`); },
  declare() { navigate.go(`/pages/declare/declare?resident_id=${this.query.id}&area_id=${this.data.area_id}&name=${encodeURIComponent(this.data.name)}`); },

  async startExchange() {
    const found = await this.act("offers", () => api.all("/offers", { status: "on_sale" }));
    if (found) this.setData({ choosing: true, offers: found.items.map((offer) => offerView({ ...offer, why_not: null }, 0)) });
  },

  cancel() { this.setData({ choosing: false }); },

  async exchange(event) {
    const { id } = event.currentTarget.dataset;
    const offer = this.data.offers.find((each) => each.id === id);
    const { confirm } = await wx.showModal({
      title: offer.title, content: t("resident.exchange_sure", { name: this.data.name, n: offer.price }), confirmText: t("resident.exchange_yes"), cancelText: t("common.no") });
    if (!confirm) return;
    const coupon = await this.act("exchange", () => api.post("/coupons", { offer_id: id, resident_token: this.card.token }, { once: true }));
    this.setData({ choosing: false });
    if (coupon) this.setData({ coupon: { id: coupon.id, title: coupon.offer.title, code: format.digits(coupon.short_code) } });
  },
});
