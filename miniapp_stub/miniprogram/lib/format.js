// Days, hours, points and yuan as people read them. The town's clock is China's: eight hours ahead, the year round.
const { t } = require("./i18n");

const AHEAD_MS = 8 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;
const pad = (number) => String(number).padStart(2, "0");

/** The town's calendar and clock at a moment, as numbers. */
function local(moment) {
  const shifted = new Date(new Date(moment).getTime() + AHEAD_MS);
  return {
    year: shifted.getUTCFullYear(), month: shifted.getUTCMonth() + 1, day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(), minute: shifted.getUTCMinutes(), weekday: shifted.getUTCDay(),
  };
}

/** `2026-12-05`: the town's day at a moment. */
function isoDay(moment) {
  const at = local(moment);
  return `${at.year}-${pad(at.month)}-${pad(at.day)}`;
}

/** The moment at which a day of the town begins, or an hour of it. */
const momentOf = (day, clock = "00:00") => new Date(`${day}T${clock}:00+08:00`);

const addDays = (day, count) => isoDay(momentOf(day).getTime() + count * DAY_MS);

const fullHour = (moment) => `${pad(local(moment).hour)}:00`;
const clock = (moment) => `${pad(local(moment).hour)}:${pad(local(moment).minute)}`;

function date(moment) {
  const at = local(moment);
  return t("format.date", { month: at.month, day: at.day, month_name: t(`format.month_${at.month}`) });
}

function fullDate(moment) {
  const at = local(moment);
  return t("format.full_date", { year: at.year, month: at.month, day: at.day, month_name: t(`format.month_${at.month}`) });
}

const weekday = (moment) => t(`format.weekday_${local(moment).weekday}`);

/** Today, tomorrow, yesterday, or the date with its weekday. */
function day(moment, now = Date.now()) {
  const apart = Math.round((momentOf(isoDay(moment)) - momentOf(isoDay(now))) / DAY_MS);
  const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[apart];
  return near ? t(`format.${near}`) : t("format.day", { date: date(moment), weekday: weekday(moment) });
}

const dayAndClock = (moment, now) => t("format.day_clock", { day: day(moment, now), clock: clock(moment) });

const fullDateAndClock = (moment) => t("format.day_clock", { day: fullDate(moment), clock: clock(moment) });

const period = (from, to, now) => t("format.period", { day: day(from, now), from: clock(from), to: clock(to) });

function signed(points) {
  return points > 0 ? `+${points}` : String(points).replace("-", "−");
}

function yuan(fen) {
  const whole = Math.trunc(Math.abs(fen) / 100);
  const rest = Math.abs(fen) % 100;
  return `${fen < 0 ? "−" : ""}¥${whole}${rest ? `.${pad(rest)}` : ""}`;
}

/** What somebody typed as yuan, in fen; null where it is no amount. */
function fenOf(text) {
  const found = /^\s*(\d{1,7})(?:[.](\d{1,2}))?\s*$/.exec(String(text).replace(/[\u3002\uff0e]/g, "."));
  return found ? Number(found[1]) * 100 + Number((found[2] || "").padEnd(2, "0")) : null;
}

function distance(metres) {
  if (metres < 1000) return t("format.metres", { n: Math.max(10, Math.round(metres / 10) * 10) });
  return t("format.kilometres", { n: (metres / 1000).toFixed(metres < 10000 ? 1 : 0) });
}

function minutes(count) {
  const hours = Math.floor(count / 60);
  if (!hours) return t("format.minutes", { n: count });
  return count % 60 ? t("format.hours_minutes", { h: hours, m: count % 60 }) : t("format.hours", { n: hours });
}

/** Twelve digits in fours, to be read out. */
const digits = (code) => code.replace(/(\d{4})(?=\d)/g, "$1 ");

module.exports = {
  addDays, clock, date, day, dayAndClock, digits, distance, fenOf, fullDate, fullDateAndClock, fullHour, isoDay, local, minutes, momentOf, period,
  signed, weekday, yuan,
};
