const api = require("../../lib/api");
const i18n = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");
const session = require("../../lib/session");
const typeSize = require("../../lib/type-size");

const ROWS = [
  ["inbox", "/pages/inbox/inbox", "bell"], ["records", "/pages/records/records", "list"], ["points", "/pages/points/points", "coins"], ["my_code", "/pages/my-code/my-code", "code"],
  ["declare", "/pages/declare/declare", "heart"], ["credit", "/credit/file/file", "seal"], ["household", "/pages/household/household", "home"], ["civility", "/civility/index/index", "people"], ["culture", "/culture/index/index", "calendar"], ["my_data", "/pages/my-data/my-data", "person"],
];

function doors() {
  const found = [];
  if (session.hasRole("grid_worker", "area_admin")) found.push({ text: i18n.t("home.grid_work"), url: "/grid/area/area", glyph: "list" });
  if (session.hasRole("merchant_owner", "merchant_clerk")) found.push({ text: i18n.t("home.shop_work"), url: "/shop/till/till", glyph: "shop" });
  return found;
}

screen("me", {
  async load() {
    const me = await api.get("/me");
    const area = await api.get(`/areas/${me.home_area_id}`);
    return {
      name: me.display_name, area: area.name, household: me.household_name || "", language: i18n.language(),
      languages: Object.keys(i18n.catalogues).map((value) => ({ value, text: i18n.t(`me.language_${value}`) })), large: typeSize.isLarge(), stale: me.stale,
      rows: [...doors(), ...ROWS.map(([name, url, glyph]) => ({ text: i18n.t(`me.${name}`), url, glyph }))],
    };
  },

  /** Chosen here and remembered there, so that messages come in the same language. */
  async chooseLanguage(event) {
    i18n.speak(event.detail.value);
    this.onShow();
    await this.act("language", () => api.put("/me", { language: event.detail.value }));
  },

  chooseLarge(event) {
    typeSize.setLarge(event.detail.value);
    this.onShow();
  },

  async signOut() {
    const { confirm } = await wx.showModal({ content: i18n.t("me.sign_out_sure"), confirmText: i18n.t("me.sign_out"), cancelText: i18n.t("common.no") });
    if (!confirm) return;
    await session.signOut();
    navigate.restart("/pages/sign-in/sign-in");
  },
});
