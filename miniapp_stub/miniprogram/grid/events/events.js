const api = require("../../lib/api");
const eventView = require("../../lib/event-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");
const { areaId } = require("../../lib/staff-area");

const BACK_DAYS = 7;
const AHEAD_DAYS = 60;

const groupOf = (event, now) => {
  if (event.status === "draft") return "drafts";
  if (eventView.isOver(event, now) || event.status === "closed") return "over";
  return eventView.isRunning(event, now) ? "now" : "coming";
};

screen("grid_events", {
  async load() {
    const now = Date.now();
    const today = format.isoDay(now);
    const found = await api.all("/events", {
      area_id: areaId(), from: format.momentOf(format.addDays(today, -BACK_DAYS)).toISOString(), to: format.momentOf(format.addDays(today, AHEAD_DAYS)).toISOString() });
    const inTime = found.items.sort((a, b) => new Date(a.starts_at) - new Date(b.starts_at));
    const groups = ["now", "drafts", "coming", "over"].map((name) => ({
      name, text: t(`grid_events.${name}`), events: inTime.filter((event) => groupOf(event, now) === name).map((event) => ({ ...eventView.view(event), tag: tagFor(event) })),
    }));
    return { groups: groups.filter((group) => group.events.length), stale: found.stale };
  },

  open(event) { navigate.go(`/grid/event/event?id=${event.detail.id}`); },
});

/** Staff see the event's state; what they signed up for themselves is not its state. */
function tagFor(event) {
  return event.status === "published" ? null : eventView.view({ ...event, sign_up_status: null, checked_in_at: null }).tag;
}
