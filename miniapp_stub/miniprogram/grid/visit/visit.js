const api = require("../../lib/api");
const view = require("../../lib/civility-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const { invalid } = require("../../lib/problem");
const pictures = require("../../lib/pictures");
const screen = require("../../lib/screen");
const store = require("../../lib/store");

const FOUND = [1, 0, "none"];
const options = () => FOUND.map((value) => ({ value, text: t(`visit.found_${value}`) }));

/** `valueOf(code, at)` is a line's answer; an empty one was not looked at yet. */
const lines = (leaves, valueOf) => leaves.flatMap((leaf) => leaf.items.map((item, at) => ({
  key: `${leaf.code}/${at}`, code: leaf.code, at, heading: at ? "" : view.called(leaf, "name"), text: view.called(item), value: valueOf(leaf.code, at),
})));

/** What was sent of a line: null does not apply. */
const sent = (found) => (code, at) => (found[code][at] === null ? "none" : found[code][at]);
const held = (values) => (code, at) => (`${code}/${at}` in values ? values[`${code}/${at}`] : "");

screen("visit", {
  data: { lines: [], note: "", pictures: [], made: null, tried: false },

  async load({ round, id }) {
    const found = await api.get(`/civility/rounds/${round}`);
    const visit = found.visits.find((each) => each.id === id);
    const kept = store.read("visits", {})[id] || { values: {}, note: "" };
    return {
      stale: found.stale, place: visit.place_name, area: found.area_name, open: found.status === "open" && !visit.made_at, options: options(),
      lines: lines(found.checklists, visit.made_at ? sent(visit.found) : held(kept.values)), note: visit.made_at ? visit.note : kept.note,
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
    const values = Object.fromEntries(this.data.lines.filter(({ value }) => value !== "").map(({ key, value }) => [key, value]));
    store.write("visits", { ...store.read("visits", {}), [this.query.id]: { values, note: this.data.note } });
  },

  /** Every line has been looked at: what was left out would say that it does not apply. */
  found() {
    const left = this.data.lines.filter(({ value }) => value === "").length;
    if (left) throw invalid("found", t("visit.left", { n: left }));
    const found = {};
    for (const { code, at, value } of this.data.lines) {
      found[code] = found[code] || [];
      found[code][at] = value === "none" ? null : value;
    }
    return found;
  },

  async send() {
    const { round, id } = this.query;
    this.setData({ tried: true });
    const made = await this.act("send", async () => {
      const found = this.found();
      const evidence_ids = await this.sendPictures();
      return api.post(`/civility/visits/${id}/findings`, { found, note: this.data.note.trim(), evidence_ids }, { once: true });
    });
    if (!made) return;
    const { [id]: done, ...rest } = store.read("visits", {});
    store.write("visits", rest);
    wx.showToast({ title: t("visit.sent"), icon: "success" });
    wx.redirectTo({ url: `/grid/survey/survey?id=${round}` });
  },
});
