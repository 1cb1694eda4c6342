const api = require("../../lib/api");
const view = require("../../lib/civility-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const pictures = require("../../lib/pictures");
const screen = require("../../lib/screen");
const store = require("../../lib/store");

const FOUND = [1, 0, "none"];
const options = () => FOUND.map((value) => ({ value, text: t(`visit.found_${value}`) }));

const lines = (leaves, found) => leaves.flatMap((leaf) => leaf.items.map((item, at) => ({
  key: `${leaf.code}/${at}`, code: leaf.code, at, heading: at ? "" : view.called(leaf, "name"), text: view.called(item), value: valueOf((found[leaf.code] || [])[at]),
})));

/** What was kept of a line: null does not apply, nothing was not looked at yet. */
const valueOf = (kept) => (kept === null ? "none" : kept === undefined ? "" : kept);

screen("visit", {
  data: { lines: [], note: "", pictures: [], made: null },

  async load({ round, id }) {
    const found = await api.get(`/civility/rounds/${round}`);
    const visit = found.visits.find((each) => each.id === id);
    const kept = store.read("visits", {})[id] || { found: {}, note: "" };
    return {
      stale: found.stale, place: visit.place_name, area: found.area_name, open: found.status === "open" && !visit.made_at, options: options(),
      lines: lines(found.checklists, visit.made_at ? visit.found : kept.found), note: visit.made_at ? visit.note : kept.note,
      made: visit.made_at ? { when: format.dayAndClock(visit.made_at), pictures: visit.pictures } : null,
    };
  },

  ...pictures.taking,

  choose(event) {
    this.setData({ [`lines[${event.currentTarget.dataset.index}].value`]: event.detail.value });
    this.keep();
  },

  typed(event) {
    this.setData({ note: event.detail.value });
    this.keep();
  },

  /** On the phone until it is sent: a stairwell has no network. */
  keep() {
    store.write("visits", { ...store.read("visits", {}), [this.query.id]: { found: this.found(), note: this.data.note } });
  },

  found() {
    const found = {};
    for (const { code, at, value } of this.data.lines) {
      found[code] = found[code] || [];
      if (value !== "") found[code][at] = value === "none" ? null : value;
    }
    return found;
  },

  async send() {
    const { round, id } = this.query;
    const made = await this.act("send", async () => {
      const evidence_ids = await this.sendPictures();
      return api.post(`/civility/visits/${id}/findings`, { found: this.found(), note: this.data.note.trim(), evidence_ids }, { once: true });
    });
    if (!made) return;
    const { [id]: sent, ...rest } = store.read("visits", {});
    store.write("visits", rest);
    wx.showToast({ title: t("visit.sent"), icon: "success" });
    wx.redirectTo({ url: `/grid/survey/survey?id=${round}` });
  },
});
