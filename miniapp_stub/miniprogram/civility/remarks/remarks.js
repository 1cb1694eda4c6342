const api = require("../../lib/api");
const view = require("../../lib/civility-view");
const format = require("../../lib/format");
const { word } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("civility_remarks", {
  async load() {
    const found = await api.all("/civility/remarks");
    return {
      stale: found.stale,
      remarks: found.items.map((each) => ({
        id: each.id, about: view.called(each, "name"), text: each.text, when: format.day(each.at), answer: each.answer || "", corrected: each.corrected,
        tag: { text: word("civility_remark_status", each.status), tone: each.status === "open" ? "wait" : "good" },
      })),
    };
  },
});
