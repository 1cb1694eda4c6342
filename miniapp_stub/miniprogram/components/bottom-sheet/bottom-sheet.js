// One question over a page: what is asked, and a way back.
const { section } = require("../../lib/i18n");
const { sizeClass } = require("../../lib/type-size");

Component({
  properties: { open: Boolean, heading: String },
  data: { t: {}, size: "" },
  observers: { open(open) { if (open) this.setData({ t: section("state"), size: sizeClass() }); } },
  methods: { close() { this.triggerEvent("close"); } },
});
