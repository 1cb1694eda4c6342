// What a page shows while it has nothing to show: loading, empty, off line, or what went wrong, with a way on.
const { section } = require("../../lib/i18n");

Component({
  properties: { kind: String, problem: Object, text: String, glyph: { type: String, value: "list" } },
  data: { t: {} },
  lifetimes: { attached() { this.setData({ t: section("state") }); } },
  methods: { retry() { this.triggerEvent("retry"); } },
});
