const api = require("../../lib/api");
const format = require("../../lib/format");
const { t, word } = require("../../lib/i18n");
const { here } = require("../../lib/place");
const { invalid } = require("../../lib/problem");
const screen = require("../../lib/screen");
const { areaId } = require("../../lib/staff-area");

const CATEGORIES = ["environment", "care", "safety", "health", "culture", "neighbours"];
const MODES = ["both", "venue_code", "resident_code"];
const LOOK_BACK_DAYS = 120;
const TEMPLATES = 6;
const RADIUS_M = 300;
const HOUR_MS = 3600 * 1000;

function blank() {
  const start = Date.now() + HOUR_MS;
  const from = format.clock(start).slice(0, 2);
  return {
    title: "", category: "environment", description: "", place: "", spot: null, day: format.isoDay(start), from: `${from}:00`,
    to: Number(from) > 21 ? "23:59" : `${String(Number(from) + 2).padStart(2, "0")}:00`, capacity: "30", per_hour: "10", most: "40", mode: "both", out: true,
  };
}

/** A form as an earlier event was, at another time. */
function like(event) {
  const { latitude, longitude, radius_m } = event.place || {};
  return {
    title: event.title, category: event.category, description: event.description, place: event.place ? event.place.name : "",
    spot: typeof latitude === "number" ? { latitude, longitude, radius_m } : null, from: format.clock(event.starts_at), to: format.clock(event.ends_at),
    capacity: event.capacity === null ? "" : String(event.capacity), per_hour: String(event.points_per_hour), most: String(event.points_max),
    mode: event.check_in_mode, out: event.check_out_required,
  };
}

/** The number that was typed, nothing being 0. What is no number is refused here: sent on it would be none, and a capacity no limit. */
function whole(field, typed) {
  const text = String(typed).trim() || "0";
  if (!/^\d+$/.test(text)) throw invalid(field, t("problem.not_whole"));
  return Number(text);
}

/** The form on the first day, from its own on, on which it would still begin ahead of us. */
function ahead(form) {
  let { day } = form;
  while (format.momentOf(day, form.from) <= Date.now()) day = format.addDays(day, 1);
  return { ...form, day };
}

function templates(events) {
  const newest = [...events].sort((a, b) => new Date(b.starts_at) - new Date(a.starts_at));
  return [...new Map(newest.map((event) => [event.title, event]).reverse()).values()].reverse().slice(0, TEMPLATES);
}

const FIELDS = {
  title: "what", "place.name": "place", starts_at: "from", ends_at: "to", category: "kind", check_in_mode: "mode", capacity: "capacity",
  points_per_hour: "per_hour", points_max: "most", description: "more",
};

screen("plan", {
  fields: FIELDS,
  data: { form: blank(), templates: [], isNew: true },

  async load({ id }) {
    if (this.began) return {};
    this.began = true;
    const today = format.isoDay(Date.now());
    const since = format.momentOf(format.addDays(today, -LOOK_BACK_DAYS)).toISOString();
    const earlier = await api.all("/events", { area_id: areaId(), from: since }).catch(() => ({ items: [] }));
    this.earlier = templates(earlier.items);
    const edited = id ? await api.get(`/events/${id}`) : null;
    const form = edited ? { ...like(edited), day: format.isoDay(edited.starts_at) } : blank();
    return {
      form, today, isNew: !edited, dayText: format.day(format.momentOf(form.day)), templates: this.earlier.map((event, at) => ({ value: at, text: event.title })),
      categories: CATEGORIES.map((value) => ({ value, text: word("category", value) })), modes: MODES.map((value) => ({ value, text: t(`plan.mode_${value}`) })),
    };
  },

  copy(event) {
    const form = ahead({ ...this.data.form, ...like(this.earlier[event.detail.value]) });
    this.setData({ form, dayText: format.day(format.momentOf(form.day)) });
  },

  change(event) {
    const { name } = event.currentTarget.dataset;
    this.setData({ [`form.${name}`]: event.detail.value, ...(name === "day" ? { dayText: format.day(format.momentOf(event.detail.value)) } : {}) });
  },

  async standHere() {
    const place = await here();
    if (!place) return wx.showToast({ title: t("events.no_place"), icon: "none" });
    return this.setData({ "form.spot": { latitude: place.latitude, longitude: place.longitude, radius_m: RADIUS_M } });
  },

  noSpot() { this.setData({ "form.spot": null }); },

  body() {
    const { form } = this.data;
    if (form.to <= form.from) throw invalid("ends_at", t("declare.ends_before_start"));
    return {
      title: form.title.trim(), category: form.category, description: form.description.trim(),
      starts_at: format.momentOf(form.day, form.from).toISOString(), ends_at: format.momentOf(form.day, form.to).toISOString(),
      place: { name: form.place.trim(), ...(form.spot || {}) }, capacity: form.capacity.trim() ? whole("capacity", form.capacity) : null, check_in_mode: form.mode,
      check_out_required: form.out, points_per_hour: whole("points_per_hour", form.per_hour), points_max: whole("points_max", form.most),
    };
  },

  /** Made once, however often publishing has to be tried. */
  async made() {
    if (this.query.id) return (await api.put(`/events/${this.query.id}`, this.body())).id;
    this.id = this.id ? (await api.put(`/events/${this.id}`, this.body())).id : (await api.post("/events", { ...this.body(), area_id: areaId() })).id;
    return this.id;
  },

  async save() {
    const id = await this.act("save", () => this.made());
    if (id) wx.redirectTo({ url: `/grid/event/event?id=${id}` });
  },

  async publish() {
    const id = await this.act("publish", async () => {
      const made = await this.made();
      await api.post(`/events/${made}/publish`);
      return made;
    });
    if (!id) return;
    wx.showToast({ title: t("plan.published"), icon: "success" });
    wx.redirectTo({ url: `/grid/event/event?id=${id}` });
  },
});
