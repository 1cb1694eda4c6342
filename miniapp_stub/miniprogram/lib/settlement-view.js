// A settlement as its list and its page show it.
const format = require("./format");
const { t, word } = require("./i18n");

const TONES = { draft: "wait", confirmed: "wait", approved: "good", paid: "good", disputed: "bad" };
const dayOf = (iso) => format.fullDate(format.momentOf(iso));

function view(settlement) {
  return {
    id: settlement.id, period: t("settlement.period", { from: dayOf(settlement.period_start), to: dayOf(settlement.period_end) }),
    amount: format.yuan(settlement.amount_fen), lines: t("settlement.lines", { n: settlement.line_count }),
    tag: { text: word("settlement_status", settlement.status), tone: TONES[settlement.status] || "plain" },
    paid: settlement.paid_at ? t("settlement.paid_on", { day: format.fullDate(settlement.paid_at), reference: settlement.bank_reference }) : "",
    dispute: settlement.dispute ? settlement.dispute.reason : "",
  };
}

/** One coupon of it, so that the shop's owner can tell which it was. */
const lineView = (line, now = Date.now()) => ({ id: line.id, title: line.title, shop: line.shop_name, when: format.dayAndClock(line.at, now), amount: format.yuan(line.amount_fen) });

module.exports = { lineView, view };
