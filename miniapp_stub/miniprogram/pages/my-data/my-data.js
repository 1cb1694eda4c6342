const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("my_data", {
  fields: { display_name: "name" },
  data: { name: "", wasCalled: "" },

  async load() {
    const me = await api.get("/me");
    const area = await api.get(`/areas/${me.home_area_id}`);
    return { name: me.display_name, wasCalled: me.display_name, area: area.name, household: me.household_name || t("my_data.no_household"), stale: me.stale };
  },

  typed(event) { this.setData({ name: event.detail.value }); },

  async save() {
    if (!await this.act("save", () => api.put("/me", { display_name: this.data.name }))) return;
    wx.showToast({ title: t("my_data.saved"), icon: "success" });
    await this.reload();
  },

  /** Everything that is kept about me, as text to paste wherever I like. */
  async copy() {
    const all = await this.act("copy", async () => {
      const [me, points, entries, records, coupons, objections] = await Promise.all([
        api.get("/me"), api.get("/me/points"), api.all("/me/points/entries"), api.all("/me/activity-records"), api.all("/me/coupons"), api.all("/objections")]);
      return { me, points, entries: entries.items, activity_records: records.items, coupons: coupons.items, objections: objections.items };
    });
    if (all) wx.setClipboardData({ data: JSON.stringify(all, null, 1) });
  },
});
