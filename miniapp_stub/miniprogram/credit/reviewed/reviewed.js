const api = require("../../lib/api");
const credit = require("../../lib/credit");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");
const view = require("../../lib/review-view");

screen("credit_reviewed", {
  data: { rounds: [], fileId: "" },

  async load() {
    const me = await api.get("/me");
    const subject = (await credit.subjects(me)).find(({ kind }) => kind === "household");
    const file = subject && subject.file;
    const found = file ? await api.all(`/credit-files/${file.id}/reviews`) : { items: [] };
    return { stale: me.stale, name: me.household_name || "", fileId: file ? file.id : "", rounds: found.items.map(view.reviewed) };
  },

  open(event) { navigate.go(`/credit/entry/entry?id=${event.currentTarget.dataset.id}&file=${this.data.fileId}`); },
});
