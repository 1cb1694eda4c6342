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
    return {
      name: person.display_name, points: t("resident.has_points", { n: person.points_available }), available: person.points_available, area: area.name, area_id: person.home_area_id, household_id: person.household_id || "", hasCard: Boolean(card), made: card ? format.fullDate(card.at) : "", stale: person.stale,
    };
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
  credit() { navigate.go(`/grid/credit/credit?id=${this.query.id}&household_id=${this.data.household_id}&name=${encodeURIComponent(this.data.name)}`); },
  declare() { navigate.go(`/pages/declare/declare?resident_id=${this.query.id}&area_id=${this.data.area_id}&name=${encodeURIComponent(this.data.name)}`); },

  async startExchange() {
    const found = await this.act("offers", async () => {
      const [person, offers] = await Promise.all([api.get(`/residents/${this.query.id}`), api.all("/offers", { status: "on_sale", resident_id: this.query.id })]);
      return { available: person.points_available, offers: offers.items.map((offer) => offerView(offer, person.points_available)) };
    });
    if (!found) return;
    this.setData({
      ...found, choosing: true, points: t("resident.has_points", { n: found.available }), offers: found.offers.sort((a, b) => b.can - a.can || a.price - b.price) });
  },

  /** What the server says to a resident leads to events; a grid worker looks at the list again. */
  refused(problem) {
    if (["insufficient_points", "limit_reached"].includes(problem.code)) this.setData({ problem: { ...problem.shown, ways: t("resident.look_again"), action: null } });
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
    if (!coupon) return;
    this.setData({ coupon: { id: coupon.id, title: coupon.offer.title, code: format.digits(coupon.short_code) } });
    await this.reload();
  },
});
