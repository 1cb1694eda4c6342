// Honours, pages to learn from, days of the calendar and a plan, as their screens show them: each in the reader's language.
const { dayOf, said } = require("./credit-view");
const format = require("./format");
const { language, t, word } = require("./i18n");

const DAY_MS = 24 * 3600 * 1000;

/** How far a day is: on now, tomorrow, in so many days; nothing where that is long. */
function ahead({ on_day: from }, today) {
  const days = Math.round((format.momentOf(from) - format.momentOf(today)) / DAY_MS);
  if (days <= 0) return { text: t("culture.on_now"), tone: "good" };
  if (days > 30) return null;
  return { text: t("culture.in_days", { n: days }), tone: "plain" };
}

const day = (row, today) => ({
  id: row.id, title: said(row, "title"), about: said(row, "about"), ahead: ahead(row, today),
  when: row.on_day === row.until_on ? format.day(format.momentOf(row.on_day)) : t("culture.from_until", { from: dayOf(row.on_day), until: dayOf(row.until_on) }),
});

/** As everybody sees it: the server has masked the name. */
const shown = (row) => ({ id: row.id, name: row.name, title: said(row, "title"), reason: said(row, "reason"), when: format.fullDate(row.published_at) });

const STATES = [["withdrawn_at", "withdrawn", "plain"], ["published_at", "shown", "good"], ["consented_at", "agreed", "wait"], ["refused_at", "refused", "plain"]];

/** As the person sees it whom it names: what became of it last, and what they can do about it. */
function own(row) {
  const [, state, tone] = STATES.find(([at]) => row[at]) || ["", "asked", "wait"];
  return {
    id: row.id, title: said(row, "title"), reason: said(row, "reason"), state, when: format.fullDate(row.proposed_at), tag: { text: word("honour", state), tone },
    asks: state === "asked", takesBack: state === "agreed" || state === "shown",
  };
}

const paragraphs = (text) => text.split(/\r?\n\s*\n/).map((part) => part.trim()).filter(Boolean);

const choiceOf = (choice) => choice[language() === "en" ? "en" : "zh"];
const question = (row, index) => ({
  key: String(index), asks: said(row, "asks"), options: row.choices.map((choice, value) => ({ value, text: choiceOf(choice) })), value: null, told: null,
});

/** What was right of an answered question, and why. */
const told = (row, { options }) => ({
  right: row.right, because: said(row, "because"), answer: row.right ? "" : t("culture_page.answer_is", { answer: options[row.right_place].text }),
  tag: row.right ? { text: t("culture_page.right"), tone: "good" } : { text: t("culture_page.wrong"), tone: "wait" },
});

const page = (row) => ({ title: said(row, "title"), parts: paragraphs(said(row, "body")), questions: row.questions.map(question) });

const PLAN_TONES = { running: "wait", done: "good", ended: "plain" };
const planLine = (row) => ({
  id: row.id, days: t("credit_plan.days", { from: dayOf(row.from_on), until: dayOf(row.until_on) }), tag: { text: word("plan_status", row.status), tone: PLAN_TONES[row.status] },
});

const plan = (row) => ({
  ...planLine(row), aims: paragraphs(row.aims),
  service: t("credit_plan.service", { done: format.minutes(row.stand.service_minutes), asked: format.minutes(row.stand.service_asked) }),
  broken: row.stand.rules_broken ? t("credit_plan.broken", { n: row.stand.rules_broken }) : "", work: row.stand.work_found ? t("credit_plan.work_found") : "",
});

const step = (row) => ({
  id: row.id, kind: word("plan_step", row.kind), note: row.note, when: dayOf(row.on_day), minutes: row.minutes ? format.minutes(row.minutes) : "",
});

module.exports = { day, own, page, paragraphs, plan, planLine, said, shown, step, told };
