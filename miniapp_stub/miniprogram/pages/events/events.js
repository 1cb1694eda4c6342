const api = require("../../lib/api");
const eventView = require("../../lib/event-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const { here } = require("../../lib/place");
const screen = require("../../lib/screen");

const DAYS = 14;

function strip(today, events) {
  return Array.from({ length: DAYS }, (_, after) => {
    const day = format.addDays(today, after);
    const at = format.local(format.momentOf(day));
    const count = events.filter((event) => event.day === day).length;
    const weekday = after === 0 ? t("format.today") : format.weekday(format.momentOf(day));
    return {
      day, number: at.day, weekday, count,
      label: t("events.on_day", { weekday, number: at.day, month: t(`format.month_${at.month}`), n: count }), // as it is shown, then the rest
    };
  });
}

function groups(events) {
  const days = [...new Set(events.map((event) => event.day))];
  return days.map((day) => ({ day, text: format.day(format.momentOf(day)), events: events.filter((event) => event.day === day) }));
}

screen("events", {
  data: { filter: "all", day: "", days: [], groups: [], here: null },

  async load() {
    const today = format.isoDay(Date.now());
    const found = await api.all("/events", {
      status: "published", from: format.momentOf(today).toISOString(), to: format.momentOf(format.addDays(today, DAYS)).toISOString() });
    this.found = found.items.filter((event) => !eventView.isOver(event));
    return { ...this.arranged(), stale: found.stale };
  },

  arranged(changes = {}) {
    const { filter, day, here: place } = { ...this.data, ...changes };
    const events = this.found.map((event) => ({ ...eventView.view(event, { here: place }), mine: Boolean(event.sign_up_status), free: !eventView.isFull(event) }))
      .sort((a, b) => (a.day + a.when < b.day + b.when ? -1 : 1));
    const chosen = events.filter((event) => (!day || event.day === day) && (filter !== "mine" || event.mine) && (filter !== "free" || event.free));
    if (filter === "near") chosen.sort((a, b) => (a.metres ?? Infinity) - (b.metres ?? Infinity));
    return {
      ...changes, days: strip(format.isoDay(Date.now()), events),
      groups: filter === "near" ? [{ day: "", text: "", events: chosen }].filter((group) => group.events.length) : groups(chosen),
      filters: ["all", "mine", "free", "near"].map((value) => ({ value, text: t(`events.filter_${value}`) })),
    };
  },

  async filterBy(event) {
    const filter = event.detail.value;
    const place = filter === "near" && !this.data.here ? await here() : this.data.here;
    if (filter === "near" && !place) wx.showToast({ title: t("events.no_place"), icon: "none" });
    this.setData(this.arranged({ filter, here: place }));
  },

  chooseDay(event) {
    const { day } = event.currentTarget.dataset;
    this.setData(this.arranged({ day: day === this.data.day ? "" : day }));
  },

  open(event) { navigate.go(`/pages/event/event?id=${event.detail.id}`); },
});
