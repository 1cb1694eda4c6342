// An activity record as lists and its page show it.
const format = require("./format");
const { t, word } = require("./i18n");

const TONES = { pending: "wait", approved: "wait", credited: "good", rejected: "bad", reversed: "bad", withdrawn: "plain" };

function pointsText(record) {
  if (record.status === "credited") return t("record.got", { n: record.points });
  if (record.status === "approved") return t("record.coming", { n: record.points });
  return record.status === "pending" ? t("record.proposed", { n: record.points_proposed }) : "";
}

function view(record, now = Date.now()) {
  return {
    id: record.id, title: record.description || word("category", record.category), who: record.resident_name || "", category: word("category", record.category),
    when: format.period(record.started_at, record.ended_at, now), minutes: format.minutes(record.minutes), points: pointsText(record),
    tag: { text: word("record_status", record.status), tone: TONES[record.status] || "plain" },
    tier: word("tier", record.evidence_tier), flags: record.flags.map((flag) => word("flag", flag)),
  };
}

const FAR = ["150-300 m", "300-1000 m", "1-5 km", "over 5 km"];

/** Who did a step: staff read the name, a resident as what. */
function hand({ by_name, by_role }) {
  if (!by_role && !by_name) return "";
  const as = by_role ? word("hand", by_role) : "";
  if (!by_name) return t("record.by", { who: as });
  return t("record.by", { who: by_role && by_role !== "resident" ? t("record.by_name", { name: by_name, as }) : by_name });
}

const step = (each, now) => ({
  id: `${each.at}${each.action}`, what: word("step", each.action), when: format.dayAndClock(each.at, now), who: hand(each), note: each.note || "",
  points: each.points === null || each.points === undefined ? "" : t("record.points", { n: each.points }),
});

/** Where the record is flagged `far`, its scans that were are marked. */
const scan = ({ id, direction, at, distance_band }, isFlagged) => ({
  id, what: word("direction", direction), when: format.dayAndClock(at), where: distance_band ? word("distance_band", distance_band) : "", isFar: isFlagged && FAR.includes(distance_band),
});

/** One's own is shown whatever its state, and says it; others do not see what did not pass. */
function picture({ id, state }, isMine) {
  const hidden = state === "refused" && !isMine;
  const text = state === "refused" && isMine ? t("pictures.refused_mine") : word("picture_state", state);
  return { id, hidden, tone: state === "refused" ? "bad" : "", text: state === "passed" ? "" : text };
}

/** Nothing to look at before approving: scanned or entered by staff, and nothing odd about it. */
const isPlain = (record) => record.evidence_tier !== "D" && record.flags.length === 0;

/** Whether this person has approved it already, in the round that runs: an upheld objection begins a new one. */
function isApprovedBy(record, personId) {
  const actions = record.history.map((each) => each.action);
  return record.history.slice(actions.lastIndexOf("uphold") + 1).some((each) => each.action === "approve" && each.by_id === personId);
}

const HOUR_MS = 3600 * 1000;
const NIGHT_ENDS = 6;

/** The hour that is proposed for a deed: the last full one that is over, and after a night one of yesterday's morning. */
function lastHour(now = Date.now()) {
  const { hour } = format.local(now);
  if (hour <= NIGHT_ENDS) return { day: format.addDays(format.isoDay(now), -1), from: "09:00", to: "10:00" };
  return { day: format.isoDay(now), from: format.fullHour(now - HOUR_MS), to: format.fullHour(now) };
}

module.exports = { isApprovedBy, isPlain, lastHour, picture, scan, step, view };
