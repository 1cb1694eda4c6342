const api = require("../../lib/api");
const { language, speak } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

screen("sign_in", {
  isOpen: true,

  /** A newcomer's account takes the phone's language; later a phone takes the account's. */
  async agreeOnWords(isNew) {
    if (isNew) await api.put("/me", { language: language() });
    else speak((await api.get("/me")).language);
  },

  async signIn() {
    const signed = await this.act("sign_in", session.byWeChat);
    if (!signed) return;
    await this.agreeOnWords(signed.is_new).catch(() => {}); // what can be chosen again under Me stops nobody here
    navigate.restart(this.query.to && this.query.to !== "/pages/home/home" ? this.query.to : session.landing());
  },
});
