// Honours, pages with their quizzes, days and a plan as they are shown: in one's language, with what one may do about them.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone } = require("./phone");

makePhone();
const view = require("../miniprogram/lib/culture-view");
const messageView = require("../miniprogram/lib/message-view");
const { speak } = require("../miniprogram/lib/i18n");

const HONOUR = {
  id: "h", title_zh: "社区好邻居", title_en: "Good neighbour", reason_zh: "教英语", reason_en: "English", proposed_at: "2026-05-01T04:00:00Z",
  consented_at: null, refused_at: null, published_at: null, withdrawn_at: null,
};
const AT = "2026-05-02T04:00:00Z";
const DAY = { id: "d", title_zh: "端午", title_en: "Dragon Boat", about_zh: "包粽子", about_en: "Dumplings", on_day: "2026-06-19", until_on: "2026-06-19" };
const QUESTION = { asks_zh: "要钱吗？", asks_en: "Does it cost?", choices: [{ zh: "要", en: "Yes" }, { zh: "不要", en: "No" }] };
const PLAN = {
  aims: "按时报到。\n\n找到工作。", from_on: "2026-05-01", until_on: "2026-12-31", status: "running",
  stand: { service_minutes: 90, service_asked: 600, rules_broken: 0, work_found: false, is_done: false },
};

beforeEach(() => { makePhone(); });

test("one's own honour says what became of it last, and what one may do", () => {
  const told = (changes) => { const { state, asks, takesBack } = view.own({ ...HONOUR, ...changes }); return [state, asks, takesBack]; };
  assert.deepEqual(told({}), ["asked", true, false]);
  assert.deepEqual(told({ consented_at: AT }), ["agreed", false, true]);
  assert.deepEqual(told({ consented_at: AT, published_at: AT }), ["shown", false, true]);
  assert.deepEqual(told({ consented_at: AT, published_at: AT, withdrawn_at: AT }), ["withdrawn", false, false]);
  assert.deepEqual(told({ refused_at: AT }), ["refused", false, false]);
});

test("what is shown has the masked name that the server gave, in the reader's language", () => {
  speak("en");
  assert.deepEqual(view.shown({ ...HONOUR, name: "*娜", published_at: AT }), { id: "h", name: "*娜", title: "Good neighbour", reason: "English", when: "May 2, 2026" });
});

test("a day says how far it is while that is near, and from when to when where it is several", () => {
  assert.equal(view.day(DAY, "2026-04-01").ahead, null);
  assert.equal(view.day(DAY, "2026-06-16").ahead.text, "还有3天");
  assert.equal(view.day({ ...DAY, on_day: "2026-06-15" }, "2026-06-16").ahead.tone, "good");
  assert.match(view.day({ ...DAY, until_on: "2026-06-21" }, "2026-06-16").when, /6月19日至.*6月21日/);
});

test("a page is read in paragraphs, and asks in the reader's language", () => {
  const page = view.page({ title_zh: "题", title_en: "T", body_zh: "一。\r\n\r\n二。\n还是二。", body_en: "1", questions: [QUESTION] });
  assert.deepEqual([page.parts, page.questions[0].asks, page.questions[0].options], [["一。", "二。\n还是二。"], "要钱吗？", [{ value: 0, text: "要" }, { value: 1, text: "不要" }]]);
});

test("an answer is told with the right one where it was another, and why", () => {
  const { questions: [asked] } = view.page({ title_zh: "", title_en: "", body_zh: "", body_en: "", questions: [QUESTION] });
  const row = { right_place: 1, because_zh: "免费。", because_en: "Free." };
  assert.deepEqual(view.told({ ...row, right: false }, asked).answer, "正确答案：不要");
  assert.deepEqual([view.told({ ...row, right: true }, asked).answer, view.told({ ...row, right: true }, asked).because], ["", "免费。"]);
});

test("a plan tells its aims, how far the service is, and nothing of what did not happen", () => {
  const shown = view.plan(PLAN);
  assert.deepEqual([shown.aims, shown.service, shown.broken, shown.work], [["按时报到。", "找到工作。"], "服务：已完成1小时30分钟，要求10小时", "", ""]);
  assert.equal(view.plan({ ...PLAN, stand: { ...PLAN.stand, rules_broken: 1, work_found: true } }).broken, "违反规定1次");
  assert.equal(view.step({ id: "s", kind: "service", on_day: "2026-05-06", minutes: 90, note: "清扫" }).minutes, "1小时30分钟");
});

test("its message opens one's honours", () => {
  assert.equal(messageView({ id: "m", topic: "honour_asked", title: "", text: "", at: AT, read_at: null, about: { type: "honour", id: "h" } }).url, "/culture/honours/honours?id=h");
});
