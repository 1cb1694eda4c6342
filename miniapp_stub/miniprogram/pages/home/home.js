const api = require("../../lib/api");
const { daysLeft, view: couponView } = require("../../lib/coupon-view");
const { pageOf } = require("../../lib/codes");
const eventView = require("../../lib/event-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");
const session = require("../../lib/session");
const store = require("../../lib/store");

const AHEAD_MS = 14 * 24 * 3600 * 1000;
const TO_HOUR = 3600 * 1000;
const LAPSING_DAYS = 30;

/** From the full hour, so that the answer kept for off line is found again under the same query. */
function ahead(now) {
  const from = Math.floor(now / TO_HOUR) * TO_HOUR;
  return { status: "published", from: new Date(from).toISOString(), to: new Date(from + AHEAD_MS).toISOString() };
}

function nextEvent(events, now) {
  const coming = events.filter((event) => !eventView.isOver(event, now)).sort((a, b) => new Date(a.starts_at) - new Date(b.starts_at));
  return coming.find((event) => event.sign_up_status && !event.checked_out_at) || coming.find((event) => !eventView.isFull(event)) || null;
}

function lapsing(points, now) {
  const [first] = points.expiring;
  if (!first || format.momentOf(first.on) - now > LAPSING_DAYS * 86400000) return "";
  return t("home.lapsing", { n: first.points, day: format.fullDate(format.momentOf(first.on)) });
}

function work() {
  const doors = [];
  if (session.hasRole("grid_worker", "area_admin")) doors.push({ text: t("home.grid_work"), url: "/grid/area/area", glyph: "list" });
  if (session.hasRole("merchant_owner", "merchant_clerk")) doors.push({ text: t("home.shop_work"), url: "/shop/till/till", glyph: "shop" });
  return doors;
}

/** Whether to ask somebody new where they live: until they have chosen a grid, or have been asked once. Home stands without it too. */
async function isNew() {
  if (store.read("lives", false)) return false;
  const { home_area_id } = await api.get("/me");
  const hasGrid = (await api.get(`/areas/${home_area_id}`)).level === "grid";
  if (hasGrid) store.write("lives", true);
  return !hasGrid;
}

screen("home", {
  /** WeChat opens the first page with the scene of a mini program code. */
  onLoad({ scene }) { this.named = pageOf(scene); },

  onShow() {
    const url = this.named;
    this.named = "";
    if (url) navigate.go(url);
  },

  async load() {
    const now = Date.now();
    const [points, events, coupons, { unread }, asksWhere] = await Promise.all([
      api.get("/me/points"), api.all("/events", ahead(now)), api.all("/me/coupons", { status: "available" }),
      api.get("/me/messages/unread"), isNew().catch(() => false)]);
    const next = nextEvent(events.items, now);
    const [coupon] = coupons.items.sort((a, b) => new Date(a.valid_until) - new Date(b.valid_until));
    return {
      name: session.person().display_name, points, lapsing: lapsing(points, now), work: work(), asksWhere,
      unread: unread ? t("home.new_messages", { n: unread }) : "",
      next: next && { ...eventView.view(next, { now }), mine: Boolean(next.sign_up_status) },
      coupon: coupon && daysLeft(coupon.valid_until, now) <= LAPSING_DAYS ? couponView(coupon, now) : null,
      stale: points.stale || events.stale || coupons.stale,
    };
  },

  chooseGrid() {
    this.askedWhere();
    navigate.go("/pages/my-area/my-area");
  },

  askedWhere() {
    store.write("lives", true);
    this.setData({ asksWhere: false });
  },

  openEvent(event) { navigate.go(`/pages/event/event?id=${event.detail.id}`); },
  openCoupon(event) { navigate.go(`/pages/coupon/coupon?id=${event.detail.id}`); },
});
