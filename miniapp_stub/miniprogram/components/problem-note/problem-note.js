// What was refused, in a sentence, with what to do about it.
const { section } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");

Component({
  properties: { problem: Object },
  data: { t: {} },
  lifetimes: { attached() { this.setData({ t: section("state") }); } },
  methods: {
    go() { navigate.go(this.data.problem.action.url); },
    close() { this.triggerEvent("close"); },
  },
});
