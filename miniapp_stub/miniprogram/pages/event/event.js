const api = require("../../lib/api");
const eventView = require("../../lib/event-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const { here, lately } = require("../../lib/place");
const screen = require("../../lib/screen");

/** What the person can do now: at most one big button, and leaving. */
function steps(event, now) {
  const isOpen = event.status === "published";
  const scanned = event.check_in_mode === "resident_code";
  return {
    checkIn: eventView.mayEnter(event, now), checkOut: eventView.mayLeave(event, now), scanned,
    signUp: isOpen && !event.sign_up_status && !eventView.isOver(event, now) && !event.checked_in_at, waits: eventView.isFull(event),
    withdraw: Boolean(isOpen && event.sign_up_status && !event.checked_in_at && !eventView.isOver(event, now)),
  };
}

function presence(event, now) {
  const lines = [];
  if (event.checked_in_at) lines.push(t("event.in_at", { when: format.dayAndClock(event.checked_in_at, now) }));
  if (event.checked_out_at) lines.push(t("event.out_at", { when: format.dayAndClock(event.checked_out_at, now) }));
  return lines;
}

screen("event", {
  async load({ id }) {
    const now = Date.now();
    const event = await api.get(`/events/${id}`);
    this.title = event.title;
    this.signUpStatus = event.sign_up_status;
    return {
      event: eventView.view(event, { now, here: lately() }), description: event.description, steps: steps(event, now), order: eventView.order(event, now), presence: presence(event, now),
      hasPlace: Boolean(event.place && event.place.radius_m), stale: event.stale,
    };
  },

  async showDistance() {
    if (await here()) await this.reload();
    else wx.showToast({ title: t("events.no_place"), icon: "none" });
  },

  async signUp() {
    const made = await this.act("sign_up", () => api.post(`/events/${this.query.id}/sign-ups`));
    if (made) wx.showToast({ title: made.status === "confirmed" ? t("event.signed_up") : t("event.waitlisted"), icon: "success" });
    await this.reloadKeepingProblem();
  },

  /** What giving up means depends on what there is to give, and on whether others may be waiting for it. */
  leaving() {
    if (this.signUpStatus === "waitlisted") return t("event.leave_waiting");
    return this.data.steps.waits ? t("event.withdraw_sure") : t("event.withdraw_free");
  },

  async withdraw() {
    const { confirm } = await wx.showModal({ title: t("event.withdraw"), content: this.leaving(), confirmText: t("event.yes"), cancelText: t("common.no") });
    if (!confirm) return;
    await this.act("withdraw", () => api.remove(`/events/${this.query.id}/sign-ups/me`));
    await this.reloadKeepingProblem();
  },

  onShareAppMessage() {
    return { title: this.title, path: `/pages/event/event?id=${this.query.id}` };
  },
});
