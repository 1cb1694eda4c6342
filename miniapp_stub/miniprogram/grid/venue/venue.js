const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("venue", {
  data: { direction: "in", digits: "", left: "", path: "", picturePath: "" },

  async load({ id }) {
    const event = await api.get(`/events/${id}`);
    return {
      title: event.title, place: event.place ? event.place.name : "", ...this.paths(this.data.direction),
      directions: ["in", "out"].map((value) => ({ value, text: t(`venue.${value}`) })),
    };
  },

  paths(direction) {
    const { id } = this.query;
    return {
      direction, digits: "", left: "", path: `/events/${id}/code?direction=${direction}`, picturePath: `/events/${id}/code.png?direction=${direction}`,
    };
  },

  onShow() {
    wx.setKeepScreenOn({ keepScreenOn: true, fail() {} });
    clearInterval(this.clock);
    this.clock = setInterval(() => this.tick(), 1000);
  },

  onHide() { clearInterval(this.clock); },

  onUnload() {
    clearInterval(this.clock);
    wx.setKeepScreenOn({ keepScreenOn: false, fail() {} });
  },

  tick() {
    const seconds = this.data.digits ? Math.ceil((this.endsAt - Date.now()) / 1000) : 0;
    this.setData({ left: seconds > 0 ? t("venue.left", { n: seconds }) : "" });
  },

  choose(event) { this.setData(this.paths(event.currentTarget.dataset.value)); },

  shown(event) {
    const { short_code, refresh_after_s } = event.detail;
    this.endsAt = Date.now() + refresh_after_s * 1000;
    this.setData({ digits: short_code.replace(/(...)/, "$1 ") });
    this.tick();
  },

  refused() { this.setData({ digits: "", left: "" }); },
});
