// The civility index as it is read: hundredths, names in one's language, what is hidden, what was corrected.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { makePhone } = require("./phone");

makePhone();
const view = require("../miniprogram/lib/civility-view");
const messageView = require("../miniprogram/lib/message-view");
const i18n = require("../miniprogram/lib/i18n");

const FIGURE = { state: "measured", n: 31, value_hundredths: 7702, mark_hundredths: 7702, low_hundredths: 7210, high_hundredths: 8195, evidence: { seed: "ab", invited: 40, of_residents: 41 }, reason: null, at: "2026-05-06T04:00:00Z" };
const leaf = (code, changes = {}, figure = {}) => ({
  id: code, code, name_zh: `指标${code}`, name_en: `Leaf ${code}`, weight_hundredths: 4000, part: "household", method: "questionnaire", scale_from_hundredths: 0, scale_to_hundredths: 10000,
  evidence_zh: "问卷", evidence_en: "A questionnaire", mark: null, before: [], figure: { ...FIGURE, ...figure }, ...changes,
});
const top = (code) => ({ id: code, code, name_zh: "环境", name_en: "Environment", weight_hundredths: 2200, figure: null, before: [], mark: { mark_hundredths: 7581, low_hundredths: 6000, high_hundredths: 9100 } });

test("a mark has one decimal, a bar steps of five, a tile its shade", () => {
  assert.deepEqual([7896, 10000, 0, null].map(view.mark), ["79.0", "100.0", "0.0", "—"]);
  assert.deepEqual([7896, 240, 10000, null].map(view.bar), ["w80", "w0", "w100", "none"]);
  assert.deepEqual([9000, 8999, 7499, 4000, 1, null].map(view.band), ["band-4", "band-3", "band-2", "band-1", "band-0", "band-none"]);
});

test("who was counted in full has no interval", () => {
  assert.equal(view.between({ low_hundredths: 5000, high_hundredths: 5000 }), "");
  assert.match(view.between({ low_hundredths: 4955, high_hundredths: 5000 }), /49\.6.*50\.0/);
});

test("leaves stand below their branch in the order of their numbers", () => {
  const [found] = view.branches({ nodes: [leaf("2.10"), top("2"), leaf("2.9")] });
  assert.deepEqual([found.name, found.mark, found.leaves.map((each) => each.code)], ["环境", "75.8", ["2.9", "2.10"]]);
  i18n.speak("en");
  assert.equal(view.branches({ nodes: [top("2")] })[0].name, "Environment");
  i18n.speak("zh-CN");
});

test("what is hidden says why and nothing else", () => {
  const hidden = view.leaf(leaf("2.1", {}, { state: "suppressed", n: null, value_hundredths: null, mark_hundredths: null, low_hundredths: null, high_hundredths: null, evidence: {} }));
  assert.deepEqual([hidden.mark, hidden.bar, hidden.value, hidden.source, hidden.why], ["—", "none", "", "", "不足十人，不显示"]);
});

test("a correction shows what stood before", () => {
  const found = view.leaf(leaf("1.2", { method: "department", before: [{ ...FIGURE, value_hundredths: 9400 }] }, { value_hundredths: 9800, reason: "漏计", evidence: { source: "应急办", document: "12 号" } }));
  assert.deepEqual([found.before[0].text, found.before[0].why, found.source], ["由94更正为98", "漏计", "应急办, 12 号"]);
});

test("over time the oldest stands first", () => {
  const index = { mark_hundredths: 5000, low_hundredths: 5000, high_hundredths: 5000 };
  const found = view.overTime([{ period_id: "b", first_on: "2026-05-01", index }, { period_id: "a", first_on: "2026-04-01", index }]);
  assert.deepEqual(found.map((each) => each.id), ["a", "b"]);
});

test("its messages open its pages", () => {
  const url = (type) => messageView({ id: "m", topic: "x", title: "", text: "", at: "2026-05-06T11:00:00Z", read_at: null, about: { type, id: "i" } }).url;
  assert.deepEqual(["civility_questionnaire", "civility_period", "civility_remark", "civility_round"].map(url), [
    "/civility/questionnaire/questionnaire?id=i", "/civility/index/index?id=i", "/civility/remarks/remarks?id=i", "/grid/survey/survey?id=i"]);
});
