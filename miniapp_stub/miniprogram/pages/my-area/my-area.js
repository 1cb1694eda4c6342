const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");

/** From the top of the tree down to an area. */
async function wayTo(id) {
  const area = await api.get(`/areas/${id}`);
  return area.parent_id ? [...await wayTo(area.parent_id), area] : [area];
}

screen("my_area", {
  /** One begins where one is known to live: in the community of one's grid, or where somebody new is put. */
  async load() {
    const me = await api.get("/me");
    this.me = me;
    if (this.way) return this.standing(this.way);
    const way = await wayTo(me.home_area_id);
    return this.standing(way[way.length - 1].level === "grid" && way.length > 1 ? way.slice(0, -1) : way);
  },

  /** What is shown in the area at the end of this way: those directly in it, unless their code has ended. */
  async standing(way) {
    const at = way[way.length - 1];
    const { items, stale } = await api.all("/areas", { parent_id: at.id });
    this.way = way;
    this.below = items.filter((area) => !area.ended);
    const above = way.slice(0, -1).map(({ name }) => name);
    return {
      name: at.name, above: above.join(" · "), up: above.length ? t("my_area.up", { name: above[above.length - 1] }) : "",
      areas: this.below.map(({ id, name, level }) => ({ id, name, isGrid: level === "grid", isMine: id === this.me.home_area_id })), stale,
    };
  },

  up() { return this.step(this.way.slice(0, -1)); },

  choose(event) {
    const area = this.below.find(({ id }) => id === event.currentTarget.dataset.id);
    return area.level === "grid" ? this.live(area) : this.step([...this.way, area]);
  },

  async step(way) {
    const shown = await this.act("step", () => this.standing(way));
    if (shown) this.setData(shown, () => wx.pageScrollTo({ scrollTop: 0, duration: 0, fail() {} }));
  },

  async live({ id, name }) {
    const content = t(this.me.household_id ? "my_area.sure_of_household" : "my_area.sure");
    const { confirm } = await wx.showModal({ title: name, content, confirmText: t("my_data.save"), cancelText: t("common.no") });
    if (!confirm || !await this.act("save", () => api.put("/me", { home_area_id: id }))) return;
    wx.showToast({ title: t("my_data.saved"), icon: "success" });
    navigate.back();
  },
});
