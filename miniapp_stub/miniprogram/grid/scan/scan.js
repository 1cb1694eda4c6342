const api = require("../../lib/api");
const { kindOf, tokenOf } = require("../../lib/codes");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const { Problem, problemOf } = require("../../lib/problem");
const scanner = require("../../lib/scanner");
const scanQueue = require("../../lib/scan-queue");
const screen = require("../../lib/screen");
const signals = require("../../lib/signals");

const PAUSE_MS = 1200;
const SHOWN = 30;
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

screen("scan", {
  data: { direction: "in", results: [], waiting: 0 },

  async load({ id }) {
    const done = await scanQueue.send();
    this.add(...await Promise.all(done.map(async (each) => ({
      key: each.key, ok: each.ok, text: each.ok ? `${await this.named(each)} · ${t("scan.sent")}` : each.detail, at: format.clock(each.at) }))));
    const event = await api.get(`/events/${id}`);
    return {
      title: event.title, waiting: scanQueue.waiting().length, directions: ["in", "out"].map((value) => ({ value, text: t(`venue.${value}`) })), stale: event.stale,
    };
  },

  choose(event) { this.setData({ direction: event.detail.value }); },

  /** Newest first; what was kept and is sent, or is scanned again, stands there once. */
  add(...results) {
    const keys = results.map((each) => each.key);
    if (keys.length) this.setData({ results: [...results, ...this.data.results.filter((each) => !keys.includes(each.key))].slice(0, SHOWN) });
  },

  /** One after another until the person goes back. */
  async scan() {
    await this.act("scan", async () => {
      for (let text = await scanner.scan(); text; text = await scanner.scan()) {
        await this.take(text);
        await pause(PAUSE_MS);
      }
    });
  },

  async take(text) {
    const token = tokenOf(text);
    const at = format.clock(Date.now());
    if (!token || kindOf(token) !== "resident") return this.refuse(at, t("scan.not_a_resident"));
    const scan = { event_id: this.query.id, resident_token: token, direction: this.data.direction };
    try {
      const made = await api.post("/check-ins", scan, { once: true });
      return this.accept({ key: made.id, ok: true, text: await this.named(made), at, id: made.id, resident_id: made.resident_id });
    } catch (error) {
      const problem = problemOf(error);
      if (!problem.isOffline) return this.refuse(at, problem.message);
      const { key } = scanQueue.add(scan);
      this.setData({ waiting: scanQueue.waiting().length });
      return this.accept({ key, ok: true, kept: true, text: t("scan.kept"), at });
    }
  },

  async named(made) {
    const person = await api.get(`/residents/${made.resident_id}`).catch(() => null);
    return person ? person.display_name : t("scan.done");
  },

  accept(result) {
    signals.yes();
    wx.showToast({ title: result.text, icon: "success" });
    this.add(result);
    return true;
  },

  refuse(at, text) {
    signals.no();
    wx.showToast({ title: text, icon: "none" });
    this.add({ key: `${at}${Math.random()}`, ok: false, text, at });
    return false;
  },

  async sendNow() {
    await this.act("send_kept", async () => {
      await scanQueue.send();
      if (scanQueue.waiting().length) throw new Problem(0, { code: "offline", detail: t("problem.offline") });
    });
    await this.reload();
  },

  async annul(event) {
    const { id } = event.currentTarget.dataset;
    const done = await this.act("annul", () => api.post(`/check-ins/${id}/annul`, { reason: t("scan.annul_reason") }));
    if (done) this.setData({ results: this.data.results.map((each) => (each.id === id ? { ...each, id: "", text: `${each.text} · ${t("scan.annulled")}` } : each)) });
  },
});
