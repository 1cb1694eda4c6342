// An event as a card or a page shows it.
const format = require("./format");
const { t, word } = require("./i18n");
const { metresBetween } = require("./place");

function tagOf(event) {
  if (event.status !== "published") return { text: word("event_status", event.status), tone: event.status === "cancelled" ? "bad" : "plain" };
  if (event.checked_out_at) return { text: t("event.checked_out"), tone: "good" };
  if (event.checked_in_at) return { text: t("event.checked_in"), tone: "good" };
  if (event.sign_up_status === "confirmed") return { text: t("event.signed_up"), tone: "good" };
  if (event.sign_up_status === "waitlisted") return { text: t("event.waiting_at", { n: event.waiting_position }), tone: "wait" };
  return isFull(event) ? { text: t("event.full"), tone: "wait" } : null;
}

const isFull = (event) => event.capacity !== null && event.places_taken >= event.capacity;
const isRunning = (event, now = Date.now()) => new Date(event.starts_at) <= now && now < new Date(event.ends_at);
const isOver = (event, now = Date.now()) => new Date(event.ends_at) <= now;

const EARLY_MS = 30 * 60 * 1000;
const LATE_MS = 60 * 60 * 1000;

const mayEnter = (event, now) => event.status === "published" && !event.checked_in_at && now >= new Date(event.starts_at) - EARLY_MS && !isOver(event, now);
const mayLeave = (event, now) => Boolean(event.status === "published" && event.checked_in_at && !event.checked_out_at && event.check_out_required
  && now < new Date(event.ends_at).getTime() + LATE_MS);

/** How those who wait move up, for who waits or would have to. */
function order(event, now) {
  const waits = event.sign_up_status === "waitlisted" || (!event.sign_up_status && !event.checked_in_at && isFull(event));
  return waits && event.status === "published" && !isOver(event, now) ? t(`event.${event.waiting_order}`) : "";
}

function room(event) {
  if (event.capacity === null) return t("event.taken", { n: event.places_taken });
  return t("event.room", { left: Math.max(0, event.capacity - event.places_taken), capacity: event.capacity });
}

function metresTo(event, here) {
  const { latitude, longitude } = event.place || {};
  return here && typeof latitude === "number" ? metresBetween(here, { latitude, longitude }) : null;
}

function view(event, { here = null, now = Date.now() } = {}) {
  const metres = metresTo(event, here);
  const [when, place] = [format.period(event.starts_at, event.ends_at, now), (event.place && event.place.name) || ""];
  return {
    id: event.id, title: event.title, category: word("category", event.category), day: format.isoDay(event.starts_at),
    when, place, summary: [when, place].filter(Boolean).join(" · "), metres,
    distance: metres === null ? "" : format.distance(metres), room: room(event), running: isRunning(event, now), over: isOver(event, now), tag: tagOf(event),
    reward: t("event.reward", { per_hour: event.points_per_hour, most: event.points_max }),
  };
}

module.exports = { EARLY_MS, LATE_MS, mayEnter, mayLeave, isFull, isOver, isRunning, order, view };
