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

const step = (each, now) => ({
  id: `${each.at}${each.action}`, what: word("step", each.action), when: format.dayAndClock(each.at, now), note: each.note || "",
  points: each.points === null || each.points === undefined ? "" : t("record.points", { n: each.points }),
});

module.exports = { step, view };
