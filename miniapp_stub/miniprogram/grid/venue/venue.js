const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("venue", {
  data: { direction: "in", token: "", path: "", picturePath: "" },

  async load({ id }) {
    const event = await api.get(`/events/${id}`);
    return {
      title: event.title, place: event.place ? event.place.name : "", ...this.paths(this.data.direction),
      directions: ["in", "out"].map((value) => ({ value, text: t(`venue.${value}`) })),
    };
  },

  paths(direction) {
    const { id } = this.query;
    return { direction, token: "", path: `/events/${id}/code?direction=${direction}`, picturePath: `/events/${id}/code.png?direction=${direction}` };
  },

  onShow() { wx.setKeepScreenOn({ keepScreenOn: true, fail() {} }); },
  onUnload() { wx.setKeepScreenOn({ keepScreenOn: false, fail() {} }); },

  choose(event) { this.setData(this.paths(event.detail.value)); },
  shown(event) { this.setData({ token: event.detail.token }); },
  refused() { this.setData({ token: "" }); },
  copy() { wx.setClipboardData({ data: this.data.token }); },
});
