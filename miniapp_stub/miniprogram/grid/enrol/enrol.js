const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");
const { areaId } = require("../../lib/staff-area");

const PAPERS = ["paper_name", "id_number", "phone"];

screen("enrol", {
  fields: { display_name: "name", home_area_id: "area", household_id: "household", paper_name: "paper_name", id_number: "id_number", phone: "phone" },
  data: { form: { display_name: "", paper_name: "", id_number: "", phone: "" }, areas: [], area: 0, households: [], household: 0, papers: false },

  async load() {
    const home = await api.get(`/areas/${areaId()}`);
    const below = home.level === "grid" ? [] : (await api.all("/areas", { parent_id: home.id })).items;
    const areas = below.length ? below : [home];
    return { areas, ...await this.householdsOf(areas[this.data.area].id) };
  },

  async householdsOf(area_id) {
    const { items } = await api.all("/households", { area_id });
    const inOrder = items.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { households: [{ id: "", name: t("enrol.no_household") }, ...inOrder], household: 0 };
  },

  change(event) { this.setData({ [`form.${event.currentTarget.dataset.name}`]: event.detail.value }); },

  async chooseArea(event) {
    const area = Number(event.detail.value);
    this.setData({ area, ...await this.householdsOf(this.data.areas[area].id) });
  },

  chooseHousehold(event) { this.setData({ household: Number(event.detail.value) }); },
  showPapers() { this.setData({ papers: true }); },

  async enrol() {
    const { form, areas, area, households, household } = this.data;
    const papers = Object.fromEntries(PAPERS.filter((name) => form[name].trim()).map((name) => [name, form[name].trim()]));
    const made = await this.act("enrol", async () => {
      const person = await api.post("/residents", {
        display_name: form.display_name.trim(), home_area_id: areas[area].id, ...(household ? { household_id: households[household].id } : {}), ...papers });
      await api.post(`/residents/${person.id}/card`).catch(() => null); // the card can be made on the person's page as well
      return person;
    });
    if (made) wx.redirectTo({ url: `/grid/resident/resident?id=${made.id}` });
  },
});
