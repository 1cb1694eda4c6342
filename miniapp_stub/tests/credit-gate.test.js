// Inside WeChat nothing asks for a score, a grade or what they open, until the server says that the platform has approved them.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone } = require("./phone");

let phone = makePhone();
const config = require("../miniprogram/lib/config");

const FILE = { id: "f", kind: "resident", person_id: "1", household_id: null, merchant_id: null, joined_on: "2026-05-01", without_volunteering: false };
const ENTRY = {
  id: "e", code: "litter", measured: "times", quantity: 1, happened_on: "2026-05-02", title: "楼道堆放垃圾", source: "grid_worker", source_name: "王强", evidence: "照片", voided_at: null,
  voided_reason: null, stopped_on: null, disputed: false };
const VERSION = { id: "v", rulebook_id: "b", number: 1, status: "published", in_force_from: "2026-01-01", retired_on: null, voted_on: null, base: "100", most: "200" };
const GRADE = { rank: 1, code: "A", name_zh: "优", name_en: "good", opens_zh: "", opens_en: "", from_points: "0" };
const page = (...items) => ({ items, next_cursor: null });
const OPENS_SCORES = /\/score|\/rewards|letter-receivers/;

/** A server that holds one file with one entry. */
function answer(url, isApproved, { entries = [ENTRY], lines = [] }) {
  const rules = { ...VERSION, grades: [GRADE], indicators: [{ code: "litter", measured: "times", each: "-1", parent_id: "b" }] };
  const path = url.replace(/^.*\/api\/v1/, "").split("?")[0];
  const known = {
    "/me": { id: "1", display_name: "李娜", home_area_id: "a", household_id: null, credit_pages_in_wechat: isApproved }, "/me/credit-files": page(FILE), "/areas/a": { id: "a", level: "community", name: "晚晴社区" },
    "/credit-files/f/entries": page(...entries), "/credit-files/f/rewards": { items: [] }, "/rulebooks": page({ id: "b", area_id: "a", title_zh: "办法", title_en: "rules" }),
    "/rulebooks/b/versions": page(VERSION), "/rulebooks/in-force": rules, "/rulebook-versions/v": rules,
    "/credit-files/f/score": { version_id: "v", points: "99", low: "99", high: "99", grade: GRADE, open_grade: GRADE, lines, branches: [], zh: ["基础分100 - 1 = 99"], en: ["Base 100 - 1 = 99"] },
  };
  return { data: known[path] || page() };
}

/** One of the pages, as WeChat or a browser would hold it, after its first load. */
async function open(path, { isApproved = false, isBrowser = false, query = {}, held = {} } = {}) {
  const file = require.resolve(`../miniprogram/${path}`);
  let made;
  delete require.cache[file];
  globalThis.Page = (options) => { made = { ...options, setData(data, then) { Object.assign(this.data, data); if (then) then(); } }; };
  phone.answer = (asked) => (/\/auth\//.test(asked.url) ? { data: { access_token: "a", refresh_token: "r", expires_in: 900, person: { id: "1", display_name: "李娜", roles: [] } } } : answer(asked.url, isApproved, held));
  config.IS_BROWSER = isBrowser;
  require(file);
  made.onLoad(query);
  await made.reload();
  assert.equal(made.data.state, "ready", made.data.problem && made.data.problem.title);
  return made.data;
}

beforeEach(() => {
  phone = makePhone();
  Object.assign(wx, { setNavigationBarTitle() {}, pageScrollTo() {} });
});

test("the file shows what was entered and no score, and asks for none", async () => {
  const shown = await open("credit/file/file");
  assert.deepEqual([shown.off, shown.score, shown.isIn, shown.entries.map(({ title }) => title)], [true, null, true, ["楼道堆放垃圾"]]);
  assert.deepEqual(phone.requests.filter(({ url }) => OPENS_SCORES.test(url)), []);
});

test("approved, or in a browser, it shows the score", async () => {
  for (const where of [{ isApproved: true }, { isBrowser: true }]) {
    const shown = await open("credit/file/file", where);
    assert.deepEqual([shown.off, shown.score.figure, shown.score.grade], [false, "99", "A · 优"]);
  }
});

test("what counts no more is listed once: by the score, or where that says nothing of it by its entry", async () => {
  const repaired = { ...ENTRY, stopped_on: "2026-05-05" };
  const voided = { ...ENTRY, id: "e2", title: "写错的", voided_at: "2026-05-05T04:00:00Z" };
  const line = { entry_id: "e", state: "repaired", title: ENTRY.title, disputed: false, zh: "0：楼道堆放垃圾，已修复", en: "0: litter, repaired" };
  const shown = await open("credit/file/file", { isApproved: true, held: { entries: [repaired, voided, { ...ENTRY, id: "e3" }], lines: [line] } });
  assert.deepEqual([shown.score.past.map(({ id }) => id), shown.entries.map(({ id }) => id)], [["e"], ["e2"]]);
});

test("an entry can be objected to, without what it counts for", async () => {
  const shown = await open("credit/entry/entry", { query: { id: "e", file: "f" } });
  assert.deepEqual([shown.off, shown.item, shown.line, shown.canObject, shown.canRepair], [true, null, "", true, true]);
  assert.deepEqual(phone.requests.filter(({ url }) => OPENS_SCORES.test(url)), []);
});

test("the rules are read without their grades", async () => {
  assert.deepEqual([(await open("credit/rules/rules")).grades, (await open("credit/rules/rules")).span], [[], ""]);
  assert.equal((await open("credit/rules/rules", { isApproved: true })).grades.length, 1);
});

test("no letter is asked for", async () => {
  assert.deepEqual([(await open("credit/letters/letters")).off, phone.requests.filter(({ url }) => OPENS_SCORES.test(url))], [true, []]);
  assert.equal((await open("credit/letters/letters", { isBrowser: true })).off, false);
});
