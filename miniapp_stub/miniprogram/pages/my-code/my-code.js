const screen = require("../../lib/screen");
const session = require("../../lib/session");

screen("my_code", {
  data: { path: "/me/code", picturePath: "/me/code.png" },
  load: () => ({ name: session.person().display_name }),
  onShow() { wx.setKeepScreenOn({ keepScreenOn: true, fail() {} }); },
  onUnload() { wx.setKeepScreenOn({ keepScreenOn: false, fail() {} }); },
});
