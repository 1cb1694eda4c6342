const api = require("../../lib/api");
const { offerOf, shortCodeOf, tokenOf } = require("../../lib/codes");
const { located } = require("../../lib/consents");
const eventView = require("../../lib/event-view");
const format = require("../../lib/format");
const keptCode = require("../../lib/kept-code");
const { t } = require("../../lib/i18n");
const { Problem, invalid } = require("../../lib/problem");
const scanner = require("../../lib/scanner");
const screen = require("../../lib/screen");
const signals = require("../../lib/signals");

function doneText({ direction, at, activity_record_id: record }) {
  const when = format.clock(at);
  if (direction === "out") return { title: t("check_in.out_done", { when }), more: t("check_in.record_waits") };
  return { title: t("check_in.in_done", { when }), more: record ? t("check_in.record_waits") : t("check_in.scan_again") };
}

const TO_SHOW_MS = 10 * 1000;

/**
 * The venue's code ends within the minute, so that a scan made off line is not kept: it would be refused later. What works is said: one's own
 * code, while the one shown last lives, else the staff's own ways.
 */
function notKept(problem) {
  if (!problem.isOffline) return problem;
  const code = keptCode.last("/me/code", TO_SHOW_MS) ? "off_line_code_lives" : "off_line_check_in";
  return new Problem(0, { code, detail: t("problem.offline") });
}

const TO_MINUTE = 60 * 1000;

/** The published events that one may come to or leave now; the times by the full minute, so that the answer is found again off line. */
async function open(now, narrowed) {
  const at = Math.floor(now / TO_MINUTE) * TO_MINUTE;
  const found = await api.all("/events", {
    ...narrowed, status: "published", from: new Date(at - eventView.LATE_MS).toISOString(), to: new Date(at + eventView.EARLY_MS + TO_MINUTE).toISOString() });
  return found.items.filter((event) => eventView.mayEnter(event, now) || eventView.mayLeave(event, now));
}

/** Which event's digits may be typed: the one whose page led here; else mine; else those of my community. */
async function choices(eventId, now) {
  if (eventId) return [await api.get(`/events/${eventId}`)];
  const all = await open(now, {});
  const mine = all.filter((event) => event.sign_up_status || event.checked_in_at);
  if (mine.length || !all.length) return mine;
  const home = await api.get(`/areas/${(await api.get("/me")).home_area_id}`);
  return open(now, { area_id: home.level === "grid" ? home.parent_id : home.id });
}

screen("check_in", {
  fields: { short_code: "type_code", token: "type_code", event_id: "which" },
  data: { code: "", done: null, events: [], event: "" },

  /** Scanning does not wait for it, and needs none of it. */
  async load({ event_id }) {
    this.finding = choices(event_id, Date.now());
    const found = await this.finding.catch(() => []);
    const events = found.map((event) => ({ value: event.id, text: event.title }));
    return { events, event: events.some((each) => each.value === this.data.event) ? this.data.event : events.length ? events[0].value : "" };
  },

  /** WeChat's own scanner opens this page with a mini program code's scene, or with the link of a plain code. */
  onLoad({ scene, q }) {
    const offer = offerOf(scene); // all codes open this page
    if (offer) return wx.redirectTo({ url: `/pages/offer/offer?id=${offer}` });
    this.given = tokenOf(scene || q);
    return undefined;
  },

  onShow() {
    if (!this.given) return;
    const token = this.given;
    this.given = "";
    this.send(token);
  },

  async scan() {
    this.setData({ done: null, problem: null });
    const text = await this.act("scan", scanner.scan);
    if (text) await this.send(text);
  },

  typed(event) { this.setData({ code: event.detail.value }); },
  submit() { return this.send(this.data.code); },

  chooseEvent(event) { this.setData({ event: event.detail.value }); },

  /** What was scanned, or typed: the six digits of the chosen event, or a whole code that was pasted. */
  async shown(text) {
    const short_code = shortCodeOf(text);
    if (!short_code) return { token: tokenOf(text) || String(text).trim() };
    const [first] = await this.finding; // typed before they were found; or without a network, which it then says
    if (!first) throw invalid("short_code", t("check_in.no_event"));
    return { event_id: this.data.event || first.id, short_code };
  },

  async send(text) {
    const made = await this.act("send", () => this.checkIn(text).catch((error) => { throw notKept(error); }));
    if (!made) return signals.no();
    signals.yes();
    return this.setData({ code: "", done: { ...doneText(made), record_id: made.activity_record_id, event_id: made.event_id } });
  },

  async checkIn(text) {
    const [shown, location] = [await this.shown(text), await located()];
    return api.post("/check-ins", { ...shown, ...(location ? { location } : {}) }, { once: true });
  },
});
