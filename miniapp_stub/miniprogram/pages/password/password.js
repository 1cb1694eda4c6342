const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

screen("password", {
  isOpen: true,
  fields: { username: "username", password: "password", otp: "otp" },
  data: { username: "", password: "", otp: "", needsOtp: false },

  typed(event) { this.setData({ [event.currentTarget.dataset.name]: event.detail.value }); },

  refused(problem) { if (problem.code === "otp_required") this.setData({ needsOtp: true }); },

  async signIn() {
    const { username, password, otp } = this.data;
    if (await this.act("sign_in", () => session.byPassword(username.trim(), password, otp.trim()))) navigate.restart(session.landing());
  },
});
