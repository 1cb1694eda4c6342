const api = require("../../lib/api");
const screen = require("../../lib/screen");
const { areaId } = require("../../lib/staff-area");

const view = (person) => ({ id: person.id, name: person.display_name });

screen("residents", {
  data: { q: "", items: [], cursor: null },

  async load() {
    const page = await api.get("/residents", { area_id: areaId(), q: this.data.q.trim() });
    return { items: page.items.map(view), cursor: page.next_cursor, stale: page.stale };
  },

  typed(event) { this.setData({ q: event.detail.value }); },
  look() { return this.reload(); },

  async more() {
    const page = await this.act("more", () => api.get("/residents", { area_id: areaId(), q: this.data.q.trim(), cursor: this.data.cursor }));
    if (page) this.setData({ items: [...this.data.items, ...page.items.map(view)], cursor: page.next_cursor });
  },
});
