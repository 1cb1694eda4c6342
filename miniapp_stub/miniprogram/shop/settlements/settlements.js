const api = require("../../lib/api");
const { view } = require("../../lib/settlement-view");
const screen = require("../../lib/screen");

screen("settlements", {
  data: { items: [], cursor: null },

  async load() {
    const page = await api.get("/settlements");
    return { items: page.items.map(view), cursor: page.next_cursor, stale: page.stale };
  },

  async more() {
    const page = await this.act("more", () => api.get("/settlements", { cursor: this.data.cursor }));
    if (page) this.setData({ items: [...this.data.items, ...page.items.map(view)], cursor: page.next_cursor });
  },
});
