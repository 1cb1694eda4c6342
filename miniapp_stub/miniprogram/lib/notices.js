// Which messages may ring the phone too. WeChat asks the person; each yes is good for one message, and nothing is given for it.
const api = require("./api");
const { t } = require("./i18n");
const session = require("./session");

const MOST = 5; // WeChat's own limit for one asking

const concerns = ({ kind }) => kind !== "settlement" || session.hasRole("merchant_owner");

/** The templates to ask for, and how many messages of each may still come. Read before the tap: WeChat's dialog opens from a tap alone. */
async function offered() {
  const { items } = await api.get("/me/subscriptions");
  return items.filter(concerns).slice(0, MOST).map(({ template, kind, rights }) => ({
    template, kind, text: t(`notice.${kind}`), left: rights ? t("inbox.rights", { n: rights }) : t("inbox.no_rights"),
  }));
}

const asked = (tmplIds) => new Promise((resolve) => wx.requestSubscribeMessage({ tmplIds, success: resolve, fail: () => resolve({}) }));

/** Ask, and report each answer; gives how many were a yes. Somebody who has turned all of it off is not troubled: that is a no. */
async function ask(templates) {
  const answers = await asked(templates.map(({ template }) => template));
  const told = templates.filter(({ template }) => answers[template]);
  for (const { template } of told) await api.post("/me/subscriptions", { template, result: answers[template] });
  return told.filter(({ template }) => answers[template] === "accept").length;
}

module.exports = { ask, offered };
