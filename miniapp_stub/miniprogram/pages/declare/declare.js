const api = require("../../lib/api");
const format = require("../../lib/format");
const { t, word } = require("../../lib/i18n");
const pictures = require("../../lib/pictures");
const { lastHour } = require("../../lib/record-view");
const screen = require("../../lib/screen");
const { invalid } = require("../../lib/problem");

const CATEGORIES = ["neighbours", "care", "environment", "safety", "health", "culture"];
const OLDEST_DAYS = 90;

screen("declare", {
  fields: { category: "kind", description: "what", started_at: "from", ended_at: "to" },
  data: { category: "neighbours", description: "", day: "", from: "", to: "", pictures: [] },

  load({ name }) {
    const today = format.isoDay(Date.now());
    const hour = this.data.day ? this.data : lastHour();
    return {
      whom: name || "", categories: CATEGORIES.map((value) => ({ value, text: word("category", value) })),
      day: hour.day, from: hour.from, to: hour.to, today,
      oldest: format.addDays(today, -OLDEST_DAYS + 1), dayText: format.day(format.momentOf(hour.day)),
    };
  },

  typed(event) { this.setData({ description: event.detail.value }); },
  chooseCategory(event) { this.setData({ category: event.detail.value }); },
  chooseDay(event) { this.setData({ day: event.detail.value, dayText: format.day(format.momentOf(event.detail.value)) }); },
  chooseFrom(event) { this.setData({ from: event.detail.value }); },
  chooseTo(event) { this.setData({ to: event.detail.value }); },

  ...pictures.taking,

  /** Mine, or of the person whom a grid worker declares it for. */
  async about() {
    const { resident_id, area_id } = this.query;
    return resident_id ? { resident_id, area_id } : { area_id: (await api.get("/me")).home_area_id };
  },

  async send() {
    const { category, description, day, from, to } = this.data;
    const made = await this.act("send", async () => {
      if (to <= from) throw invalid("ended_at", t("declare.ends_before_start"));
      return api.post("/activity-records", {
        category, description: description.trim(), ...await this.about(), started_at: format.momentOf(day, from).toISOString(),
        ended_at: format.momentOf(day, to).toISOString(), evidence_ids: await this.sendPictures(),
      }, { once: true });
    });
    if (!made) return;
    wx.showToast({ title: t("declare.sent"), icon: "success" });
    wx.redirectTo({ url: `/${this.query.resident_id ? "grid" : "pages"}/record/record?id=${made.id}` });
  },
});
