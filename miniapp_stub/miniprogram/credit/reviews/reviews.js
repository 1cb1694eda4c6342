const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");
const view = require("../../lib/review-view");

/** What is chosen stays on this page alone: the phone keeps none of it. */
screen("credit_reviews", {
  data: { seats: [], chosen: {}, begun: {}, rounds: [] },

  async load() {
    const found = await api.get("/me/reviews");
    const ids = [...new Set(found.items.map((row) => row.round_id))];
    const rounds = await Promise.all(ids.map((id) => api.get(`/review-rounds/${id}`)));
    const today = view.today();
    return { stale: found.stale, seats: found.items.map((row) => view.seat(row, today)), rounds: rounds.map(view.draw) };
  },

  /** The same answer again takes it back. */
  choose(event) {
    const { seat, code } = event.currentTarget.dataset;
    const key = `${seat}/${code}`;
    const chosen = { ...this.data.chosen, [key]: this.data.chosen[key] === event.detail.value ? null : event.detail.value };
    const isAny = Object.entries(chosen).some(([each, value]) => each.startsWith(`${seat}/`) && value);
    this.setData({ chosen, begun: { ...this.data.begun, [seat]: isAny } });
  },

  answersOf(seat) {
    const given = seat.questions.map(({ code }) => [code, this.data.chosen[`${seat.id}/${code}`]]).filter(([, value]) => value);
    return Object.fromEntries(given);
  },

  async handIn(event) {
    const seat = this.data.seats.find(({ id }) => id === event.currentTarget.dataset.id);
    const { confirm } = await wx.showModal({ content: t("credit_reviews.sure", { name: seat.name }), confirmText: t("credit_reviews.hand_in"), cancelText: t("common.no") });
    if (!confirm) return;
    const done = await this.act(seat.id, async () => {
      await api.post(`/reviews/${seat.id}/slip`, { answers: this.answersOf(seat) });
      return true;
    });
    if (done) await this.forget(seat);
  },

  async forget(seat) {
    this.setData({ chosen: Object.fromEntries(Object.entries(this.data.chosen).filter(([key]) => !key.startsWith(`${seat.id}/`))) });
    await this.reload();
  },

  /** A lost answer: the first slip counts. What is not there any more was left meanwhile. */
  refused(problem) {
    if (["handed_in_already", "not_found"].includes(problem.code)) this.reload();
  },
});
