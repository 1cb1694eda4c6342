const api = require("../../lib/api");
const { t, word } = require("../../lib/i18n");
const recordView = require("../../lib/record-view");
const screen = require("../../lib/screen");

const FILTERS = ["", "pending", "credited", "rejected"];

screen("records", {
  data: { filter: "", items: [], cursor: null },

  async load() {
    const page = await api.get("/me/activity-records", { status: this.data.filter });
    return {
      items: page.items.map((record) => recordView.view(record)), cursor: page.next_cursor, stale: page.stale,
      filters: FILTERS.map((value) => ({ value, text: value ? word("record_status", value) : t("records.all") })),
    };
  },

  filterBy(event) {
    this.setData({ filter: event.detail.value });
    return this.reload();
  },

  async more() {
    const page = await this.act("more", () => api.get("/me/activity-records", { status: this.data.filter, cursor: this.data.cursor }));
    if (page) this.setData({ items: [...this.data.items, ...page.items.map((record) => recordView.view(record))], cursor: page.next_cursor });
  },
});
