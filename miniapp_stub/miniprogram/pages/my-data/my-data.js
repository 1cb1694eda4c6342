const api = require("../../lib/api");
const consents = require("../../lib/consents");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

/** A purpose with its switch: on unless it was said no to, and since when. */
function consentView({ purpose, given, given_at, withdrawn_at }) {
  const since = given === null ? t("my_data.not_asked") : t(given ? "my_data.given" : "my_data.not_given", { day: format.fullDate(given ? given_at : withdrawn_at) });
  return { purpose, given: given === true, text: t(`my_data.for_${purpose}`), what: t(`my_data.what_${purpose}`), since };
}

/** What stands in the files that I speak for, with who looked at them and the letters. */
async function creditFiles() {
  const [files, letters, objections, repairs] = await Promise.all(["/me/credit-files", "/letters", "/credit-objections", "/repairs"].map((path) => api.all(path)));
  const whole = files.items.map(async (file) => {
    const [entries, looks, facts] = await Promise.all(["entries", "looks", "facts"].map((part) => api.all(`/credit-files/${file.id}/${part}`)));
    return { ...file, entries: entries.items, looks: looks.items, facts: facts.items };
  });
  return { files: await Promise.all(whole), letters: letters.items, objections: objections.items, repairs: repairs.items };
}

screen("my_data", {
  fields: { display_name: "name" },
  data: { name: "", wasCalled: "", consents: [], phone: "" },

  async load() {
    const [me, asked, phone, plans] = await Promise.all([api.get("/me"), api.get("/me/consents"), api.get("/me/phone"), api.all("/correction-plans")]);
    const area = await api.get(`/areas/${me.home_area_id}`);
    return {
      consents: asked.items.map(consentView), phone: phone.phone || "", hasPlan: plans.items.some((each) => each.person_id === session.person().id),
      ...(this.data.name === this.data.wasCalled ? { name: me.display_name } : {}), wasCalled: me.display_name,
      area: area.name, hasGrid: area.level === "grid", household: me.household_name || t("my_data.no_household"), stale: me.stale,
    };
  },

  typed(event) { this.setData({ name: event.detail.value }); },

  async save() {
    if (!await this.act("save", () => api.put("/me", { display_name: this.data.name }))) return;
    wx.showToast({ title: t("my_data.saved"), icon: "success" });
    this.setData({ wasCalled: this.data.name });
    await this.reload();
  },

  /** A no to the phone number removes it as well. */
  async consent(event) {
    const { purpose } = event.currentTarget.dataset;
    await this.act("consent", () => consents.answer(purpose, event.detail.value));
    await this.reloadKeepingProblem(); // also after a refusal: the switch shows what is so
  },

  /** WeChat asks, and gives a code that is good once; without one the person said no, which is no error. */
  async addPhone(event) {
    const { code } = event.detail;
    if (code && await this.act("phone", () => api.post("/me/phone", { code }))) await this.reload();
  },

  async removePhone() {
    if (await this.act("phone", () => api.remove("/me/phone"))) await this.reload();
  },

  /** Everything that is kept about me, as text to paste wherever I like. */
  async copy() {
    const all = await this.act("copy", async () => {
      const [me, phone, asked, points, entries, records, coupons, objections, honours, credit] = await Promise.all([
        api.get("/me"), api.get("/me/phone"), api.get("/me/consents"), api.get("/me/points"), api.all("/me/points/entries"), api.all("/me/activity-records"), api.all("/me/coupons"), api.all("/objections"), api.all("/me/honours"), creditFiles()]);
      return { me, phone: phone.phone, consents: asked.items, points, entries: entries.items, activity_records: records.items, coupons: coupons.items, objections: objections.items, honours: honours.items, credit };
    });
    if (all) wx.setClipboardData({ data: JSON.stringify(all, null, 1) });
  },
});
