// Credit as its screens show it. Its points buy nothing: they come as decimal strings, and are never called points here.
const config = require("./config");
const format = require("./format");
const { language, t, word } = require("./i18n");

const STATUS_TONES = { open: "wait", upheld: "good", dismissed: "bad", granted: "good", refused: "bad", withdrawn: "plain", draft: "wait", sent: "good" };
const MORE_FIELDS = ["each", "deed_most", "most", "least", "from_points"];
const GRADE_HEADS = ["from_points", "rank"];

/** Inside WeChat scores and grades stay off until the platform has approved them; a browser is no such place. */
const isOff = (me, isBrowser = config.IS_BROWSER) => !isBrowser && !me.credit_pages_in_wechat;

/** What the server says in both languages, in the reader's. */
const said = (row, name) => row[language() === "en" ? `${name}_en` : `${name}_zh`] || "";
const sentences = (row) => (language() === "en" ? row.en : row.zh);

const signed = (figure) => (Number(figure) > 0 ? `+${figure}` : String(figure).replace("-", "−"));

const dayOf = (isoDay) => format.fullDate(format.momentOf(isoDay));

/** A whole number of hundredths of mu, of fen, of heads … as people read it; nothing where nothing is counted. */
function amount({ quantity, unit }) {
  if (unit === "none") return "";
  if (unit === "fen") return format.yuan(quantity);
  return t(`credit_unit.${unit}`, { n: unit === "mu_hundredths" ? quantity / 100 : quantity });
}

const fact = (row) => ({
  id: row.id, label: row.label, kind: word("fact_kind", row.kind), amount: amount(row), over: row.ended_at !== null, source: row.source,
  when: row.until_on ? t("credit.from_until", { from: dayOf(row.from_on), until: dayOf(row.until_on) }) : t("credit.since", { day: dayOf(row.from_on) }),
});

const tagOf = (text, status) => ({ text, tone: STATUS_TONES[status] || "plain" });

const explained = (each) => (language() === "en" ? each.en : each.zh);

/** A line of the explanation is the server's own sentence. */
const line = (each) => ({
  id: each.entry_id, title: each.title, text: explained(each),
  tag: each.disputed ? { text: t("credit.disputed"), tone: "wait" } : null,
});

/** A fault that still counts. Where its line is not shown (`off`) the server says whether it still does. */
const isRepairable = (each, rule, off) => Boolean(rule && Number(rule.each) < 0 && (off || (each && each.state === "counts")));

/** The score in large, or the two ends between which it lies while something is disputed; and how it came about. */
function score(found) {
  const told = sentences(found);
  const isRange = found.points === null;
  const lines = found.lines.map((each) => ({ ...line(each), isLive: each.state === "counts" }));
  return {
    figure: isRange ? t("credit.range", { low: found.low, high: found.high }) : found.points, isRange,
    grade: t("credit.grade", { code: found.grade.code, name: said(found.grade, "name") }), opens: said(found.open_grade, "opens"),
    openGrade: isRange && found.grade.rank !== found.open_grade.rank ? t("credit.open_grade", { code: found.open_grade.code, name: said(found.open_grade, "name") }) : "",
    counts: lines.filter((each) => each.isLive), past: lines.filter((each) => !each.isLive),
    branches: told.slice(found.lines.length, -1), sum: told[told.length - 1],
  };
}

/** What happened to an entry since: the first of these that is so. */
function fate(entry) {
  if (entry.voided_at) return { text: t("credit.voided"), tone: "plain" };
  if (entry.stopped_on) return { text: t("credit.repaired"), tone: "good" };
  return entry.disputed ? { text: t("credit.disputed"), tone: "wait" } : null;
}

const entry = (row) => ({
  id: row.id, title: row.title, when: dayOf(row.happened_on), tag: fate(row), evidence: row.source === "chain" ? word("tier", row.evidence) : row.evidence,
  source: row.source === "grid_worker" || row.source === "department" ? t("credit.source_name", { name: row.source_name, as: word("entry_source", row.source) }) : word("entry_source", row.source),
  quantity: row.measured === "minutes" ? format.minutes(row.quantity) : row.quantity > 1 ? t("credit.times", { n: row.quantity }) : "",
});

/** What one rule gives or takes, how often, how long, on what evidence and basis: each its own short line. */
function item(row) {
  const per = row.measured === "minutes" ? format.minutes(row.per_quantity) : t("credit.times", { n: row.per_quantity });
  const isEachTime = row.measured === "times" && row.per_quantity === 1;
  const limits = [
    row.deed_most && t("credit.deed_most", { n: signed(row.deed_most) }), row.most && t("credit.item_most", { n: signed(row.most) }),
    row.term_months ? t("credit.counts_months", { n: row.term_months }) : t("credit.counts_always"), row.doubles && t("credit.doubles"),
    row.grade_rank && t("credit.sets_grade"),
  ];
  return {
    id: row.id, code: row.code, measured: row.measured, name: said(row, "name"), each: t(isEachTime ? "credit.each_time" : "credit.each_per", { each: signed(row.each), per }), isFault: Number(row.each) < 0,
    limits: limits.filter(Boolean).join(t("credit.semicolon")), evidence: said(row, "evidence"), basis: row.basis, asked: said(row, "asked"), own: row.layer === "own",
  };
}

/** The rules as a tree of two floors: branches with their items, in the rulebook's order. */
function tree(version) {
  return version.indicators.filter((row) => row.parent_id === null).map((branch) => ({
    id: branch.id, name: said(branch, "name"),
    limit: [branch.most && t("credit.branch_most", { n: signed(branch.most) }), branch.least && t("credit.branch_least", { n: signed(branch.least) })].filter(Boolean).join(t("credit.semicolon")),
    items: version.indicators.filter((row) => row.parent_id === branch.id).map(item),
  })).filter((branch) => branch.items.length);
}

/** The items of a version that staff may write, to choose one of: what stands in no branch of its own name is told apart by its branch's. */
const choices = (version) => tree(version).flatMap((branch) => branch.items.filter((each) => !each.asked).map((each) => ({
  code: each.code, text: t("credit.item_of", { item: each.name, branch: branch.name }), evidence: each.evidence, inMinutes: each.measured === "minutes",
})));

const grade = (row) => ({ rank: row.rank, title: t("credit.grade", { code: row.code, name: said(row, "name") }), from: t("credit.grade_from", { n: row.from_points }), opens: said(row, "opens") });

function side(field, value) {
  if (value === null || value === undefined || value === "") return t("credit.nothing");
  if (typeof value === "boolean") return t(value ? "credit.yes" : "credit.no");
  return MORE_FIELDS.includes(field) ? signed(value) : String(value);
}

/** What is not for the reader's language is left out, and where grades are not shown the one that an item sets. */
function changed(each, withGrades) {
  const foreign = language() === "en" ? "_zh" : "_en";
  return {
    code: each.code, name: said(each, "name"), how: tagOf(word("change", each.how), each.how),
    changes: each.changes.filter(({ field }) => !field.endsWith(foreign) && (withGrades || field !== "grade")).map(({ field, was, now }) => ({
      field, text: t("credit.changed", { field: word("rule_field", field.replace(/_(zh|en)$/, "")), was: side(field, was), now: side(field, now) }),
    })),
  };
}

/** From one version to the next. `withGrades`: false where grades are not shown. */
function difference(found, withGrades) {
  const whole = withGrades ? ["base", "most"].filter((name) => found[name]).map((name) => (
    t("credit.changed", { field: word("rule_field", `whole_${name}`), was: found[name].was, now: found[name].now }))) : [];
  const isShown = ({ changes }) => withGrades || !changes.some(({ field }) => GRADE_HEADS.includes(field));
  return { whole, items: found.items.map((each) => changed(each, withGrades)),
    grades: withGrades ? found.grades.filter(isShown).map((each) => changed(each, true)) : [] };
}

const isInForce = (version, today) => version.status === "published" && version.in_force_from <= today && (!version.retired_on || version.retired_on > today);

/** Not in force yet, and not given up: consulted on, voted, or published for a later day. */
const isComing = (version, today) => ["consulted", "voted"].includes(version.status) || (version.status === "published" && version.in_force_from > today);

/** How far a version is that is not in force yet. */
function stand(version, today) {
  if (version.status === "published") return t("credit.in_force_from", { day: dayOf(version.in_force_from) });
  if (version.status === "voted") return t("credit.was_voted");
  return version.consulted_until > today ? t("credit.consulted_until", { day: dayOf(version.consulted_until) }) : t("credit.consultation_over");
}

const voted = (version) => (version.voted_on ? t("credit.voted", { day: dayOf(version.voted_on), present: version.present, eligible: version.eligible, for: version.votes_for }) : "");

/** Words that did not pass the check, or not yet, come to who wrote them alone, who is told that nobody else reads them. */
const comment = (row) => ({
  id: row.id, said: row.said || t("credit.words_not_shown"), alone: row.said && row.text_state !== "passed" ? t("credit.words_alone") : "",
  when: format.day(row.at), answer: row.answer || "",
});

const look = (row) => ({ id: row.id, when: format.dayAndClock(row.at), what: word("look", row.action.split(".")[1]), by: row.by_name || "" });

/** From which grade on it opens, by the version that the score is by; a sentence where that has no such grade. */
function reward({ reward: row, is_open: isOpen, grade_exists: exists }, grades = []) {
  const from = grades.find(({ code }) => code === row.from_grade);
  const told = from ? t("credit.from_grade", { code: from.code, name: said(from, "name") }) : "";
  return { id: row.id, title: said(row, "title"), terms: said(row, "terms"), isOpen, from: exists ? told : t("credit.no_such_grade", { code: row.from_grade || "—" }) };
}

/** What it says holds no longer once something behind it has lapsed; whoever withdrew it knows of that alone. */
const letterState = (row) => (row.lapsed_at && row.status !== "withdrawn" ? "lapsed" : row.status);

const letter = (row) => ({
  id: row.id, to: row.receiver_name, purpose: word("letter_purpose", row.purpose), tag: tagOf(word("letter_status", letterState(row)), letterState(row)), says: sentences(row.says),
  isDraft: row.status === "draft", isSent: row.status === "sent", hasLapsed: letterState(row) === "lapsed", until: t("credit.good_until", { day: dayOf(row.expires_on) }),
});

const receiver = (row) => ({ id: row.id, name: row.name, purpose: word("letter_purpose", row.purpose), offers: said(row, "offers") });

/** What is asked, by when it is decided, and the answer. */
const plea = (row, state, words) => ({
  id: row.id, tag: tagOf(state, row.status), said: words, isOpen: row.status === "open",
  due: row.status === "open" ? t("credit.due", { day: dayOf(row.due_on) }) : "", answer: row.decided_reason || "",
});
const objection = (row) => plea(row, word("credit_objection", row.status), row.reason);
const repair = (row) => plea(row, word("repair", row.status), row.pledge);

module.exports = {
  changed, choices, comment, dayOf, difference, entry, explained, fact, fate, grade, isComing, isInForce, isOff, isRepairable, item, letter, look, objection, receiver, repair, reward, said, score, signed, stand, tagOf, tree, voted,
};
