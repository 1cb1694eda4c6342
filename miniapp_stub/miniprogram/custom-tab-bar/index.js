const { language, section } = require("../lib/i18n");
const navigate = require("../lib/navigate");
const { sizeClass } = require("../lib/type-size");

const GLYPHS = ["home", "calendar", "gift", "ticket", "person"];
const NAMES = ["home", "events", "offers", "wallet", "me"];

Component({
  data: { tabs: [], size: "", language: "", label: "" },
  methods: {
    choose(chosen) {
      const words = section("tabs");
      const tabs = NAMES.map((name, at) => ({ text: words[name], glyph: GLYPHS[at], url: navigate.TABS[at], chosen: at === chosen }));
      this.setData({ tabs, size: sizeClass(), language: language(), label: words.label });
    },
    go(event) {
      wx.switchTab({ url: event.currentTarget.dataset.url });
    },
  },
});
