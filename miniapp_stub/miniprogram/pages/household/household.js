const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("household", {
  data: { door: "", found: null, asked: "", looked: false },

  async load() {
    const me = await api.get("/me");
    const area = await api.get(`/areas/${me.home_area_id}`);
    return { household: me.household_name || "", hasGrid: area.level === "grid", stale: me.stale };
  },

  typed(event) { this.setData({ door: event.detail.value, found: null, looked: false }); },

  async look() {
    const page = await this.act("look", () => api.get("/me/households", { q: this.data.door.trim() }));
    if (page) this.setData({ found: page.items[0] || null, looked: true });
  },

  async ask() {
    const { found } = this.data;
    if (await this.act("ask", () => api.post("/me/household-requests", { household_id: found.id }))) {
      this.setData({ asked: t("household.asked", { name: found.name }), found: null, door: "" });
    }
  },
});
