// Credit as it is shown: the range while something is disputed, the tree of the rules, and what stays off inside WeChat.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone } = require("./phone");

let phone = makePhone();
const credit = require("../miniprogram/lib/credit");
const view = require("../miniprogram/lib/credit-view");
const messageView = require("../miniprogram/lib/message-view");
const review = require("../miniprogram/lib/review-view");
const { speak } = require("../miniprogram/lib/i18n");

const AA = { rank: 2, code: "AA", name_zh: "诚信居民", name_en: "Trusted resident", opens_zh: "借书免押金", opens_en: "books" };
const AAA = { rank: 1, code: "AAA", name_zh: "诚信之星", name_en: "Star of trust", opens_zh: "活动优先", opens_en: "events first" };
const LINE = { entry_id: "e1", state: "counts", title: "调解", disputed: false, zh: "+2：调解", en: "+2: mediation", points: "2", last_day: "2027-01-31" };
const SCORE = {
  points: "108.5", low: "108.5", high: "108.5", grade: AA, open_grade: AA, lines: [LINE, { ...LINE, entry_id: "e2", state: "lapsed", zh: "0：旧事", en: "0: old" }], branches: [{}],
  zh: ["+2：调解", "0：旧事", "公益：+2", "基础分100 + 2 = 102"], en: ["+2: mediation", "0: old", "Deeds: +2", "Base 100 + 2 = 102"],
};
const ITEM = {
  id: "i", parent_id: "b", code: "mediation", layer: "template", name_zh: "调解", name_en: "mediation", measured: "times", each: "2", per_quantity: 1, deed_most: null, most: "10",
  term_months: 12, doubles: false, grade_rank: null, evidence_zh: "记录", evidence_en: "a record", basis: "人民调解法",
};
const version = (changes) => ({ id: "v", status: "published", in_force_from: "2026-01-01", retired_on: null, ...changes });

beforeEach(() => { phone = makePhone(); });

test("inside WeChat scores stay off until the server says that they are approved; a browser shows them always", () => {
  assert.equal(view.isOff({ credit_pages_in_wechat: false }, false), true);
  assert.equal(view.isOff({}, false), true);
  assert.equal(view.isOff({ credit_pages_in_wechat: true }, false), false);
  assert.equal(view.isOff({ credit_pages_in_wechat: false }, true), false);
  assert.equal(view.isOff({}), true); // a phone of these tests is WeChat: it has no document
});

test("a score is one figure, with what counts apart from what no longer does", () => {
  const shown = view.score(SCORE);
  assert.deepEqual([shown.figure, shown.grade, shown.isRange, shown.openGrade], ["108.5", "AA · 诚信居民", false, ""]);
  assert.deepEqual([shown.counts.map(({ text }) => text), shown.past.map(({ text }) => text)], [["+2：调解"], ["0：旧事"]]);
  assert.deepEqual([shown.branches, shown.sum], [["公益：+2"], "基础分100 + 2 = 102"]);
});

test("the explanation is in the reader's language", () => {
  speak("en");
  const shown = view.score(SCORE);
  assert.deepEqual([shown.counts[0].text, shown.sum, shown.grade], ["+2: mediation", "Base 100 + 2 = 102", "AA · Trusted resident"]);
});

test("while something is disputed the score is a range, and what it opens goes by the upper end", () => {
  const shown = view.score({ ...SCORE, points: null, low: "108.5", high: "116", open_grade: AAA, lines: [{ ...LINE, disputed: true }], zh: ["+2：调解", "基础分"] });
  assert.deepEqual([shown.figure, shown.isRange, shown.opens], ["108.5 – 116", true, "活动优先"]);
  assert.match(shown.openGrade, /AAA · 诚信之星/);
  assert.equal(shown.counts[0].tag.text, "异议处理中");
  assert.equal(view.score({ ...SCORE, points: null, low: "108", high: "109" }).openGrade, "");
});

test("a rule says what it gives, how often, how long, on what evidence", () => {
  const shown = view.item(ITEM);
  assert.deepEqual([shown.each, shown.limits, shown.evidence, shown.isFault], ["每次 +2", "该项合计最多+10；有效12个月", "记录", false]);
  const fault = view.item({ ...ITEM, each: "-2.5", most: null, doubles: true, term_months: null, measured: "minutes", per_quantity: 30 });
  assert.deepEqual([fault.each, fault.limits, fault.isFault], ["每30分钟 −2.5", "长期有效；有效期内再犯加倍", true]);
});

test("the rules are a tree of branches and items, without a branch that has none", () => {
  const branch = (id) => ({ id, parent_id: null, name_zh: id, name_en: id, most: "45", least: null });
  const shown = view.tree({ indicators: [branch("b"), branch("empty"), ITEM] });
  assert.deepEqual(shown.map(({ name, limit, items }) => [name, limit, items.map(({ code }) => code)]), [["b", "最多+45", ["mediation"]]]);
  assert.deepEqual(view.choices({ indicators: [branch("b"), ITEM] }), [{ code: "mediation", text: "调解（b）", evidence: "记录", inMinutes: false }]);
});

test("a version in the making says how far it is", () => {
  const today = "2026-05-06";
  const consulted = version({ status: "consulted", in_force_from: null, consulted_until: "2026-05-15" });
  assert.deepEqual([consulted, version({}), version({ in_force_from: "2026-06-01" }), version({ status: "dropped" })].map((each) => view.isComing(each, today)), [true, false, true, false]);
  assert.match(view.stand(consulted, today), /5月15日/);
  assert.match(view.stand({ ...consulted, consulted_until: today }, today), /已结束/);
});

test("a difference names each thing that changes in the reader's language, and no grade where grades are off", () => {
  const found = {
    base: null, most: { was: "200", now: "210" }, grades: [{ code: "AA", how: "changed", name_zh: "诚信居民", name_en: "x", changes: [{ field: "from_points", was: "104", now: "106" }] }],
    items: [{ code: "m", how: "changed", name_zh: "调解", name_en: "mediation", changes: [
      { field: "each", was: "1", now: "1.5" }, { field: "evidence_en", was: "a", now: "b" }, { field: "term_months", was: 12, now: null }, { field: "doubles", was: false, now: true }, { field: "grade", was: "C", now: "D" }] }],
  };
  const shown = view.difference(found, true);
  assert.deepEqual(shown.items[0].changes.map(({ text }) => text), ["每次分值：+1 → +1.5", "有效月数：12 → 无", "再犯加倍：否 → 是", "直接判定等级：C → D"]);
  assert.deepEqual([shown.whole, shown.grades.length], [["最高分值：200 → 210"], 1]);
  const without = view.difference(found, false);
  assert.deepEqual([without.whole, without.grades, without.items[0].changes.length], [[], [], 3]);
});

test("who wrote a comment that did not pass, or not yet, is told that others do not see it", () => {
  const row = { id: "c", said: "唱得好也要加分", text_state: "review", at: "2026-05-01T04:00:00Z", answer: null };
  assert.equal(view.comment(row).alone, "其他人看不到这段文字，或还在检查中。");
  assert.equal(view.comment({ ...row, text_state: "passed" }).alone, "");
  assert.deepEqual([view.comment({ ...row, said: null }).alone, view.comment({ ...row, said: null }).said], ["", "这段文字不予显示，或还在检查中。"]);
});

test("an entry says first what happened to it since", () => {
  const row = { id: "e", title: "x", happened_on: "2026-05-01", measured: "times", quantity: 1, source: "grid_worker", source_name: "王强", evidence: "照片", disputed: true, voided_at: null, stopped_on: null };
  assert.deepEqual([view.entry(row).tag.text, view.entry(row).source, view.entry(row).quantity], ["异议处理中", "王强（网格员）", ""]);
  assert.equal(view.entry({ ...row, source: "chain", evidence: "A" }).evidence, "签到签退都扫了码");
  assert.equal(view.entry({ ...row, voided_at: "2026-05-02T00:00:00Z" }).tag.text, "已撤销");
  assert.equal(view.entry({ ...row, disputed: false, stopped_on: "2026-05-02" }).tag.text, "已修复，不再计入");
});

test("only a fault that still counts can be repaired, as far as the phone knows", () => {
  const fault = { each: "-2" };
  assert.deepEqual([view.isRepairable(LINE, fault, false), view.isRepairable(LINE, ITEM, false), view.isRepairable({ ...LINE, state: "lapsed" }, fault, false),
    view.isRepairable(undefined, undefined, true), view.isRepairable(undefined, fault, false), view.isRepairable(undefined, fault, true), view.isRepairable(undefined, ITEM, true)],
  [true, false, false, false, false, true, false]);
});

test("facts are told with their amounts, as people say them", () => {
  const fact = (changes) => view.fact({ id: "f", kind: "planting", label: "花椒", quantity: 150, unit: "mu_hundredths", from_on: "2026-01-01", until_on: null, source: "x", ended_at: null, ...changes });
  assert.deepEqual([fact({}).amount, fact({ unit: "fen", quantity: 500000 }).amount, fact({ unit: "none" }).amount, fact({ unit: "persons", quantity: 3 }).amount], ["1.5亩", "¥5000", "", "3人"]);
});

test("messages about credit open the entry or the letter that they are about", () => {
  const url = (type) => messageView({ id: "m", topic: "x", title: "x", text: "x", at: "2026-05-06T11:00:00Z", read_at: null, about: { type, id: "7" } }).url;
  assert.deepEqual(["credit_entry", "credit_objection", "repair", "letter"].map(url),
    ["/credit/entry/entry?id=7", "/credit/entry/entry?objection=7", "/credit/entry/entry?repair=7", "/credit/letter/letter?id=7"]);
});

test("an entry is looked for page by page, and where it is not the screen says so", async () => {
  phone.answers.push({ data: { items: [{ id: "1" }], next_cursor: "c" } }, { data: { items: [{ id: "2" }], next_cursor: null } });
  assert.equal((await credit.find("/x", (row) => row.id === "2")).id, "2");
  phone.answers.push({ data: { items: [{ id: "1" }], next_cursor: null } });
  await assert.rejects(credit.find("/x", (row) => row.id === "3"), { status: 404 });
});

test("where no rulebook is in force there is no score, and that is no error", async () => {
  phone.answers.push({ statusCode: 409, data: { code: "no_rulebook" } });
  assert.equal(await credit.scoreOf("f"), null);
  phone.answers.push({ statusCode: 403, data: { code: "forbidden" } });
  await assert.rejects(credit.scoreOf("f"), { status: 403 });
});

test("whom one reviews: open from the first day to the last, and no more once it is handed in", () => {
  const ROW = {
    id: "s", household_name: "张家", area_name: "一网格", opens_on: "2026-05-06", closes_on: "2026-05-20", is_handed_in: false, questions: [{ code: "good", asked_zh: "怎么样？", asked_en: "How?" }],
  };
  const at = (day, changes) => review.seat({ ...ROW, ...changes }, day);
  assert.deepEqual([at("2026-05-05").isOpen, at("2026-05-06").isOpen, at("2026-05-20").isOpen, at("2026-05-21").isOpen], [false, true, true, false]);
  assert.deepEqual([at("2026-05-06").tag, at("2026-05-05").tag.text, at("2026-05-06", { is_handed_in: true }).tag.text], [null, "还没开始", "已交"]);
  assert.deepEqual(at("2026-05-06").questions[0].options.map(({ text }) => text), ["好", "一般", "较差", "不了解"]);
});

test("of too few slips no figure is shown, and the seed only once it is told", () => {
  const ROW = {
    id: "r", opens_on: "2026-05-06", closes_on: "2026-05-20", closed_at: "2026-05-21T00:00:00Z", seats: 5, slips: null, seed: null, questions: [],
    results: [{ code: "good", outcome: "too_few", entry_id: null }],
  };
  const shown = review.reviewed(ROW);
  assert.deepEqual([shown.slips, shown.seed, shown.results[0].entryId], ["评议单太少，不显示任何结果", "", ""]);
  assert.match(review.reviewed({ ...ROW, slips: 5, seed: "17" }).seed, /17/);
  const round = { id: "x", area_name: "一网格", opens_on: "2026-05-06", closes_on: "2026-05-20", per_household: 5, pool: 9, least_slips: 3, slips: 2, seats: 10, seed: null, seed_hash: "ab" };
  assert.match(review.draw(round).lines[3], /结束后公布/);
  assert.deepEqual([null, 4].map((slips) => review.draw({ ...round, slips }).lines[2]), ["共10份，已交不足3份", "共10份，已交4份"]);
});

test("a round that was called off says why", () => {
  const ROW = { id: "r", opens_on: "2026-05-06", closes_on: "2026-05-20", closed_at: "2026-05-07T00:00:00Z", seats: 5, slips: null, seed: "17", questions: [], results: [] };
  assert.equal(review.reviewed({ ...ROW, called_off_reason: null }).calledOff, "");
  assert.match(review.reviewed({ ...ROW, called_off_reason: "范围选错了。" }).calledOff, /已取消：范围选错了。/);
});

test("what neighbours are asked nobody else may write down", () => {
  const branch = { id: "b", parent_id: null, name_zh: "邻里", name_en: "n", code: "n" };
  const found = view.choices({ indicators: [branch, ITEM, { ...ITEM, id: "j", code: "asked", asked_zh: "怎么样？", asked_en: "How?" }] });
  assert.deepEqual(found.map(({ code }) => code), ["mediation"]);
});

test("a reward says from which grade on it opens by the rules of the score, or that these have no such grade", () => {
  const row = { id: "r", title_zh: "免押金", title_en: "No deposit", terms_zh: "", terms_en: "" };
  const shown = (code, exists) => view.reward({ reward: { ...row, from_grade: code }, is_open: false, grade_exists: exists }, [AAA, AA]).from;
  speak("en");
  assert.equal(shown("AA", true), "From AA · Trusted resident on");
  assert.equal(shown("B", false), "Open to nobody: the rules in force have no grade B");
  assert.equal(shown("", false), "Open to nobody: the rules in force have no grade —");
  speak("zh-CN");
  assert.equal(shown("AA", true), "AA · 诚信居民起");
  assert.equal(shown("B", false), "现行办法中没有B这一等级，因此不对任何人开放");
});
