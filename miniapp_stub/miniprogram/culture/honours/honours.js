const api = require("../../lib/api");
const view = require("../../lib/culture-view");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("culture_honours", {
  async load() {
    const found = await api.all("/me/honours");
    return { honours: found.items.map(view.own), stale: found.stale };
  },

  agree(event) { return this.say(event, true, "agree_sure"); },
  refuse(event) { return this.say(event, false, "refuse_sure"); },

  async say(event, consent, asked) {
    const { id } = event.currentTarget.dataset;
    if (!await this.isSure(asked, consent ? "agree" : "refuse")) return;
    await this.act("answer", () => api.post(`/honours/${id}/answer`, { consent }));
    await this.reloadKeepingProblem(); // also after a refusal: the administrators may have withdrawn it meanwhile
  },

  async takeBack(event) {
    const { id } = event.currentTarget.dataset;
    if (!await this.isSure("take_back_sure", "take_back")) return;
    await this.act("take_back", () => api.post(`/honours/${id}/withdraw`));
    await this.reloadKeepingProblem();
  },

  async isSure(content, confirmText) {
    const { confirm } = await wx.showModal({ content: t(`culture_honours.${content}`), confirmText: t(`culture_honours.${confirmText}`), cancelText: t("common.no") });
    return confirm;
  },
});
