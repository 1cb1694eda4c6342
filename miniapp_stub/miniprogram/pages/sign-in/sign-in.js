const api = require("../../lib/api");
const { speak } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

screen("sign_in", {
  isOpen: true,

  async signIn() {
    const signed = await this.act("sign_in", session.byWeChat);
    if (!signed) return;
    const me = await api.get("/me").catch(() => null); // the words of somebody who reads English are English
    if (me) speak(me.language);
    navigate.restart(this.query.to && this.query.to !== "/pages/home/home" ? this.query.to : session.landing());
  },
});
