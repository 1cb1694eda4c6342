// The civility index as its screens show it: hundredths as people read them, and names in their language.
const format = require("./format");
const { language, t, word } = require("./i18n");

const BANDS = [[9000, "band-4"], [7500, "band-3"], [6000, "band-2"], [4000, "band-1"], [0, "band-0"]];

/** A mark of 0 to 100 with one decimal; a dash where too little was measured. */
const mark = (hundredths) => (hundredths === null || hundredths === undefined ? "—" : (Math.round(hundredths / 10) / 10).toFixed(1));

/** A value with at most two decimals. */
const value = (hundredths) => String(hundredths / 100);

const between = ({ low_hundredths: low, high_hundredths: high }) => (low === null || low === undefined || low === high ? "" : t("civility.between", { low: mark(low), high: mark(high) }));

/** How long a bar is, in steps of five: the pages may have no style of their own. */
const bar = (hundredths) => (hundredths === null || hundredths === undefined ? "none" : `w${Math.round(hundredths / 500) * 5}`);

const band = (hundredths) => (hundredths === null ? "band-none" : BANDS.find(([least]) => hundredths >= least)[1]);

/** `name_zh`, `title_en`, an item's `zh`: what it is called here. */
function called(row, kind) {
  const tail = language() === "en" ? "en" : "zh";
  return row[kind ? `${kind}_${tail}` : tail];
}

const days = (row) => t("civility.days", { from: format.fullDate(format.momentOf(row.first_on)), to: format.fullDate(format.momentOf(row.last_on)) });

const line = (name, found) => ({ name, mark: mark(found.mark_hundredths), bar: bar(found.mark_hundredths), between: between(found) });

const parts = (found) => found.parts.map((part) => line(word("civility_part", part.part), part));

/** The branches right below the top, each with its leaves, in the order of their codes. */
function branches(whole) {
  const tops = whole.nodes.filter((node) => !node.code.includes("."));
  const leaves = (code) => whole.nodes.filter((node) => node.figure && (node.code === code || node.code.startsWith(`${code}.`)));
  return inOrder(tops).map((top) => ({ ...line(called(top, "name"), top.mark || top.figure), code: top.code, weight: value(top.weight_hundredths), leaves: inOrder(leaves(top.code)).map(leaf) }));
}

const numbers = (code) => code.split(".").map((part) => part.padStart(2, "0")).join(".");
const inOrder = (nodes) => [...nodes].sort((a, b) => (numbers(a.code) < numbers(b.code) ? -1 : 1));

function leaf(node) {
  const { figure } = node;
  return {
    ...line(called(node, "name"), figure), id: node.id, code: node.code, weight: value(node.weight_hundredths), part: word("civility_part", node.part),
    method: word("civility_method", node.method), why: figure.state === "measured" ? "" : word("civility_state", figure.state), value: figure.state === "measured" ? value(figure.value_hundredths) : "",
    scale: t("civility.scale", { from: value(node.scale_from_hundredths), to: value(node.scale_to_hundredths) }), evidence: called(node, "evidence"), source: source(node.method, figure),
    before: node.before.map((old, at) => correction(old, node.before[at + 1] || figure)), corrected: node.before.length > 0,
  };
}

const correction = (old, next) => ({ text: t("civility.corrected", { was: value(old.value_hundredths), is: value(next.value_hundredths) }), why: next.reason, when: format.day(next.at) });

/** Of how many it is, and by which lot or document. */
function source(method, { state, n, evidence }) {
  if (state !== "measured") return "";
  if (method === "department") return `${evidence.source}, ${evidence.document}`;
  if (method === "field_survey") return t("civility.places", { n, of: evidence.of_places, seed: evidence.seed });
  return method === "questionnaire" ? t("civility.sheets", { n, of: evidence.invited, seed: evidence.seed }) : t("civility.counted", { n });
}

/** Periods over time, the oldest first. */
const overTime = (items) => [...items].reverse().map((row) => ({ ...line(format.date(format.momentOf(row.first_on)), row.index), id: row.period_id }));

const tile = (row) => ({ id: row.area_id, name: row.area_name, mark: mark(row.index.mark_hundredths), band: band(row.index.mark_hundredths) });

module.exports = { band, bar, between, branches, called, days, leaf, mark, overTime, parts, tile, value };
