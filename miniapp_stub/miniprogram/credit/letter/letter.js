const api = require("../../lib/api");
const config = require("../../lib/config");
const credit = require("../../lib/credit");
const view = require("../../lib/credit-view");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");

screen("credit_letter", {
  data: { code: "", address: "", picture: "" },

  async load({ id }) {
    const [me, row] = await Promise.all([api.get("/me"), credit.find("/letters", (each) => each.id === id)]);
    const off = view.isOff(me);
    const letter = view.letter(row);
    const looks = letter.isDraft ? { items: [] } : await api.get(`/letters/${id}/looks`, { limit: 50 });
    return { letter, off, looks: looks.items.map((each) => ({ id: each.id, when: format.dayAndClock(each.at) })), stale: me.stale };
  },

  /** The code is in this answer alone; it leaves the screen with the page. */
  async send() {
    const { confirm } = await wx.showModal({ title: t("credit_letter.send_it"), content: t("credit_letter.send_sure", { name: this.data.letter.to }), confirmText: t("credit_letter.send_it"), cancelText: t("common.no") });
    if (!confirm) return;
    const sent = await this.act("send", () => api.post(`/letters/${this.query.id}/send`, {}, { once: true }));
    if (!sent) return;
    this.setData({ code: sent.code, address: `${config.ORIGIN}/l/${sent.code}` });
    await this.act("draw", async () => this.setData({ picture: await api.picture(`/letters/${sent.code}/code.png`) }));
    await this.reloadKeepingProblem();
  },

  copy() { wx.setClipboardData({ data: this.data.address }); },

  async withdraw() {
    const isDraft = this.data.letter.isDraft;
    const { confirm } = await wx.showModal({ content: t(isDraft ? "credit_letter.drop_sure" : "credit_letter.withdraw_sure"), confirmText: t("credit_letter.withdraw"), cancelText: t("common.no") });
    if (!confirm || !await this.act("withdraw", () => api.post(`/letters/${this.query.id}/withdraw`))) return;
    this.setData({ code: "", address: "", picture: "" });
    if (isDraft) navigate.back();
    else await this.reload();
  },
});
