const api = require("../../lib/api");
const { offerOf, tokenOf } = require("../../lib/codes");
const { located } = require("../../lib/consents");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const scanner = require("../../lib/scanner");
const screen = require("../../lib/screen");
const signals = require("../../lib/signals");

function doneText({ direction, at, activity_record_id: record }) {
  const when = format.clock(at);
  if (direction === "out") return { title: t("check_in.out_done", { when }), more: t("check_in.record_waits") };
  return { title: t("check_in.in_done", { when }), more: record ? t("check_in.record_waits") : t("check_in.scan_again") };
}

screen("check_in", {
  data: { code: "", done: null },

  /** WeChat's own scanner opens this page with a mini program code's scene, or with the link of a plain code. */
  onLoad({ scene, q }) {
    const offer = offerOf(scene); // all codes open this page
    if (offer) return wx.redirectTo({ url: `/pages/offer/offer?id=${offer}` });
    this.given = tokenOf(scene || q);
    return undefined;
  },

  onShow() {
    if (!this.given) return;
    const token = this.given;
    this.given = "";
    this.send(token);
  },

  async scan() {
    this.setData({ done: null, problem: null });
    const text = await this.act("scan", scanner.scan);
    if (text) await this.send(text);
  },

  typed(event) { this.setData({ code: event.detail.value }); },
  submit() { return this.send(this.data.code); },

  async send(text) {
    const made = await this.act("send", async () => {
      const location = await located();
      return api.post("/check-ins", { token: tokenOf(text) || String(text).trim(), ...(location ? { location } : {}) }, { once: true });
    });
    if (!made) return signals.no();
    signals.yes();
    return this.setData({ code: "", done: { ...doneText(made), record_id: made.activity_record_id, event_id: made.event_id } });
  },
});
