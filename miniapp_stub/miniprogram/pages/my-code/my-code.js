const screen = require("../../lib/screen");
const session = require("../../lib/session");

screen("my_code", {
  data: { path: "/me/code", picturePath: "/me/code.png", off: false },
  load: () => ({ name: session.person().display_name }),
  shown() { this.setData({ off: false }); },
  refused(event) { this.setData({ off: event.detail.offline }); },

  onShow() { wx.setKeepScreenOn({ keepScreenOn: true, fail() {} }); },
  onUnload() { wx.setKeepScreenOn({ keepScreenOn: false, fail() {} }); },
});
