const api = require("../../lib/api");
const format = require("../../lib/format");
const { t, word } = require("../../lib/i18n");
const recordView = require("../../lib/record-view");
const screen = require("../../lib/screen");
const { Problem, invalid } = require("../../lib/problem");

const CATEGORIES = ["neighbours", "care", "environment", "safety", "health", "culture"];
const MOST_PICTURES = 9;
const OLDEST_DAYS = 90;

const UNUSABLE = ["not_a_picture", "payload_too_large"];

/** Pictures of the album or the camera; nothing where the person thought better of it. */
async function choose(count) {
  try {
    return await wx.chooseMedia({ count, mediaType: ["image"], sizeType: ["compressed"] });
  } catch (error) {
    if (/cancel/.test(error.errMsg)) return null;
    throw new Problem(-1, { code: "unreadable", detail: t("declare.unreadable") });
  }
}

screen("declare", {
  fields: { category: "kind", description: "what", started_at: "from", ended_at: "to" },
  data: { category: "neighbours", description: "", day: "", from: "09:00", to: "10:00", pictures: [] },

  load({ name }) {
    const today = format.isoDay(Date.now());
    return {
      whom: name || "", categories: CATEGORIES.map((value) => ({ value, text: word("category", value) })), day: this.data.day || today, today,
      oldest: format.addDays(today, -OLDEST_DAYS + 1), dayText: format.day(format.momentOf(this.data.day || today)),
    };
  },

  typed(event) { this.setData({ description: event.detail.value }); },
  chooseCategory(event) { this.setData({ category: event.detail.value }); },
  chooseDay(event) { this.setData({ day: event.detail.value, dayText: format.day(format.momentOf(event.detail.value)) }); },
  chooseFrom(event) { this.setData({ from: event.detail.value }); },
  chooseTo(event) { this.setData({ to: event.detail.value }); },

  async addPicture() {
    const chosen = await this.act("choose", () => choose(MOST_PICTURES - this.data.pictures.length));
    if (chosen) this.setData({ pictures: [...this.data.pictures, ...chosen.tempFiles.map((file) => ({ path: file.tempFilePath, id: "", tone: "", text: "" }))] });
  },

  removePicture(event) {
    const { at } = event.currentTarget.dataset;
    this.setData({ pictures: this.data.pictures.filter((_, each) => each !== Number(at)) });
  },

  /** A picture that was sent is not sent again when the rest has to be tried anew. */
  async sendPictures() {
    for (const [at, picture] of this.data.pictures.entries()) {
      if (!picture.id) this.setData({ [`pictures[${at}]`]: { ...picture, ...await this.sendPicture(picture, at) } });
    }
    return this.data.pictures.map((picture) => picture.id);
  },

  /** What the server made of it. The one that it will not have is marked, so that it is found among nine. */
  async sendPicture(picture, at) {
    try {
      const kept = await api.upload("/evidence", picture.path);
      return recordView.picture(kept, true);
    } catch (problem) {
      if (UNUSABLE.includes(problem.code)) this.setData({ [`pictures[${at}]`]: { ...picture, tone: "bad-text", text: t("declare.unusable") } });
      throw problem;
    }
  },

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
