// A message of the inbox as it is shown, and the page that opens when it is tapped.
const format = require("./format");
const { t } = require("./i18n");

const PAGES = {
  event: "/pages/event/event", activity_record: "/pages/record/record", coupon: "/pages/coupon/coupon", settlement: "/shop/settlement/settlement",
  civility_questionnaire: "/civility/questionnaire/questionnaire", civility_period: "/civility/index/index", civility_remark: "/civility/remarks/remarks", civility_round: "/grid/survey/survey",
  credit_entry: "/credit/entry/entry", letter: "/credit/letter/letter", rulebook_comment: "/credit/rules/rules", honour: "/culture/honours/honours",
  review_round: "/credit/reviews/reviews", reviewed_household: "/credit/reviewed/reviewed",
};
const CREDIT_ENTRY_OF = { credit_objection: "objection", repair: "repair" }; // they stand on the page of the entry that they are about

function urlOf({ about, topic }) {
  if (topic === "points_lapsing") return "/pages/points/points";
  if (about && CREDIT_ENTRY_OF[about.type]) return `/credit/entry/entry?${CREDIT_ENTRY_OF[about.type]}=${about.id}`;
  return about && PAGES[about.type] ? `${PAGES[about.type]}?id=${about.id}` : "";
}

module.exports = (message, now = Date.now()) => ({
  id: message.id, title: message.title, text: message.text, when: format.dayAndClock(message.at, now), url: urlOf(message),
  read: message.read_at !== null, mark: message.read_at === null ? t("inbox.new") : t("inbox.was_read"),
});
