const api = require("../../lib/api");
const eventView = require("../../lib/event-view");
const format = require("../../lib/format");
const scanQueue = require("../../lib/scan-queue");
const screen = require("../../lib/screen");
const session = require("../../lib/session");
const { areaId } = require("../../lib/staff-area");

const AT_ONCE = 100;

/** How many wait; a hundred and more are "100+". */
function count(page) {
  return page.next_cursor ? `${AT_ONCE}+` : String(page.items.length);
}

screen("area", {
  async load() {
    const area_id = areaId();
    const today = format.isoDay(Date.now());
    const [area, pending, requests, events, month, plans] = await Promise.all([
      api.get(`/areas/${area_id}`), api.get("/activity-records", { status: "pending", area_id, limit: AT_ONCE }),
      api.get("/household-requests", { status: "pending", area_id, limit: AT_ONCE }),
      api.all("/events", { area_id, from: format.momentOf(today).toISOString(), to: format.momentOf(format.addDays(today, 1)).toISOString() }),
      api.get(`/areas/${area_id}/month`), api.all("/correction-plans")]);
    const running = events.items.filter((event) => event.status === "published" && !eventView.isOver(event));
    return {
      name: area.name, pending: count(pending), requests: requests.items.length, runsPlans: plans.items.some((each) => each.person_id !== session.person().id), waiting: scanQueue.waiting().length,
      month: { events: month.events, records: month.records, hours: Math.round(month.minutes / 60), points: month.points },
      now: running.map((event) => eventView.view(event)).sort((a, b) => (a.when < b.when ? -1 : 1)), stale: pending.stale,
    };
  },
});
