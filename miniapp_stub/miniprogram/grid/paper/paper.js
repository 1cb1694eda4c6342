const config = require("../../lib/config");
const session = require("../../lib/session");
const screen = require("../../lib/screen");

const PAGES = { card: "residents/{id}/card", coupon: "coupons/{id}/print", poster: "events/{id}/poster", sheet: "civility/questionnaires/{id}/sheet" };

/** A page to print, outside the app: it is handed the right to read in its address's fragment, which no log keeps. */
screen("paper", {
  async load({ kind, id }) {
    const token = await session.accessToken();
    return { src: `${config.BASE.replace("/api/v1", "")}/${PAGES[kind].replace("{id}", id)}#token=${token}`, kind };
  },
});
