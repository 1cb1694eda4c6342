// A coupon, and an offer, as people read them: what for, how long, under which condition.
const format = require("./format");
const { t, word } = require("./i18n");

const SOON_DAYS = 7;
const TONES = { available: "good", used: "plain", expired: "bad", refunded: "plain", void: "bad" };

function worth(promise) {
  if (promise.kind === "cash_off") return t("coupon.cash_off", { amount: format.yuan(promise.face_value_fen) });
  if (promise.kind === "percent_off") return t("coupon.percent_off", { percent: promise.percent, zhe: (100 - promise.percent) / 10 });
  return promise.item || word("offer_kind", promise.kind);
}

function conditions(promise) {
  const lines = [];
  if (promise.min_spend_fen) lines.push(t("coupon.from", { amount: format.yuan(promise.min_spend_fen) }));
  if (promise.discount_cap_fen) lines.push(t("coupon.cap", { amount: format.yuan(promise.discount_cap_fen) }));
  return lines.join(t("coupon.comma"));
}

const daysLeft = (until, now = Date.now()) => Math.floor((new Date(until) - now) / 86400000);

/** It is good until a moment: the hour is said with the day, as it is printed. */
function lapse(coupon, now) {
  if (coupon.status === "used") return t("coupon.used_at", { when: format.dayAndClock(coupon.used_at, now) });
  const left = daysLeft(coupon.valid_until, now);
  if (coupon.status !== "available" || left > SOON_DAYS) return t("coupon.until", { when: format.fullDateAndClock(coupon.valid_until) });
  const when = format.dayAndClock(coupon.valid_until, now);
  return left < 1 ? t("coupon.last_hours", { when }) : t("coupon.days_left", { n: left, when });
}

function view(coupon, now = Date.now()) {
  const usable = coupon.status === "available";
  return {
    id: coupon.id, title: coupon.offer.title, merchant: coupon.offer.merchant_name, worth: worth(coupon.offer), conditions: conditions(coupon.offer),
    lapse: lapse(coupon, now), soon: usable && daysLeft(coupon.valid_until, now) <= SOON_DAYS, usable, short_code: format.digits(coupon.short_code),
    tag: { text: word("coupon_status", coupon.status), tone: TONES[coupon.status] || "plain" }, points_paid: coupon.points_paid,
    given: coupon.discount_fen ? t("coupon.given", { amount: format.yuan(coupon.discount_fen) }) : "",
  };
}

function whyNot(offer, available) {
  if (!offer.why_not) return "";
  if (offer.why_not === "insufficient_points") return t("offers.short_of", { n: offer.points_price - available });
  return word("why_not", offer.why_not);
}

const offerView = (offer, available) => ({
  id: offer.id, title: offer.title, merchant: offer.merchant_name, worth: worth(offer), conditions: conditions(offer), price: offer.points_price,
  left: t("offers.left", { n: offer.stock_left }), valid: t("offers.valid", { n: offer.valid_days }), can: offer.can_exchange,
  why_not: whyNot(offer, available), code: offer.why_not || "",
});

/** What one agrees to with the exchange, line by line. */
function terms(offer) {
  const lines = [
    conditions(offer), t("offer.valid", { n: offer.valid_days }), offer.per_resident_limit && t("offer.limit", { n: offer.per_resident_limit }),
    t("offer.until", { when: format.fullDateAndClock(offer.on_sale_until) }), t("offers.left", { n: offer.stock_left }), t("offer.refundable"),
  ];
  return lines.filter(Boolean).map((text) => ({ text }));
}

module.exports = { daysLeft, offerView, terms, view };
