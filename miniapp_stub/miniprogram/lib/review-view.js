// Neighbours' reviews: whom one was drawn for with what is asked, how a round was drawn, and what came out for one's household.
const format = require("./format");
const { dayOf, said, tagOf } = require("./credit-view");
const { t, word } = require("./i18n");

const ANSWERS = ["good", "ordinary", "poor", "unknown"];
const options = () => ANSWERS.map((value) => ({ value, text: word("review_answer", value) }));
const days = (row) => t("review.days", { from: dayOf(row.opens_on), until: dayOf(row.closes_on) });

/** A household to review. `isOpen`: a slip is taken today. */
function seat(row, today) {
  const isEarly = row.opens_on > today;
  const isOpen = !row.is_handed_in && !isEarly && row.closes_on >= today;
  const why = row.is_handed_in ? "handed_in" : isEarly ? "early" : isOpen ? "" : "over";
  return {
    id: row.id, name: row.household_name, area: row.area_name, days: days(row), isOpen, tag: why ? tagOf(t(`review.${why}`), row.is_handed_in ? "granted" : "open") : null,
    questions: row.questions.map((each) => ({ code: each.code, text: said(each, "asked"), options: options() })),
  };
}

/** How a round is drawn: what everybody may check, without a name. */
const draw = (row) => ({
  id: row.id, title: row.area_name, days: days(row),
  lines: [
    t("review.drawn", { n: row.per_household, pool: row.pool }), t("review.least", { n: row.least_slips }), row.slips === null ? t("review.handed_few", { n: row.least_slips, of: row.seats }) : t("review.handed", { n: row.slips, of: row.seats }),
    row.seed ? t("review.seed", { seed: row.seed }) : t("review.seed_later"), t("review.seed_hash", { hash: row.seed_hash }),
  ],
});

/** A round that a household was in. */
function reviewed(row) {
  const asked = Object.fromEntries(row.questions.map((each) => [each.code, said(each, "asked")]));
  return {
    id: row.id, days: days(row), isClosed: row.closed_at !== null, calledOff: row.called_off_reason ? t("review.called_off", { reason: row.called_off_reason }) : "", slips: row.slips === null ? t("review.few") : t("review.slips", { n: row.slips }),
    drawn: t("review.drawn_for_you", { n: row.seats }), seed: row.seed ? t("review.seed", { seed: row.seed }) : "",
    results: row.results.map((each) => ({ code: each.code, text: asked[each.code] || each.code, outcome: word("review_outcome", each.outcome), entryId: each.entry_id || "" })),
  };
}

const today = () => format.isoDay(Date.now());

module.exports = { draw, reviewed, seat, today };
