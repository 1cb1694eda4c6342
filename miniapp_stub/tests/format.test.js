const assert = require("node:assert/strict");
const { test } = require("node:test");
const { makePhone } = require("./phone");

makePhone();
const format = require("../miniprogram/lib/format");
const i18n = require("../miniprogram/lib/i18n");
const NOON = Date.parse("2026-05-06T04:00:00Z"); // noon in the town, a Wednesday

function inEnglish(act) {
  i18n.speak("en");
  try {
    act();
  } finally {
    i18n.speak("zh-CN");
  }
}

test("a day is a day of the town, whatever the phone's clock says", () => {
  assert.equal(format.isoDay("2026-05-06T15:59:00Z"), "2026-05-06");
  assert.equal(format.isoDay("2026-05-06T16:00:00Z"), "2026-05-07");
  assert.equal(format.momentOf("2026-05-06", "09:30").toISOString(), "2026-05-06T01:30:00.000Z");
  assert.equal(format.addDays("2026-02-28", 1), "2026-03-01");
});

test("days near by have names", () => {
  assert.deepEqual(["2026-05-05T01:00:00Z", "2026-05-06T15:00:00Z", "2026-05-06T17:00:00Z", "2026-05-09T01:00:00Z"].map((at) => format.day(at, NOON)),
    ["昨天", "今天", "明天", "5月9日 周六"]);
  inEnglish(() => assert.equal(format.period("2026-05-09T01:00:00Z", "2026-05-09T03:30:00Z", NOON), "Sat, May 9, 09:00–11:30"));
});

test("money is shown without empty fen and read without mistakes", () => {
  assert.deepEqual([0, 1000, 1005, 50, -20].map(format.yuan), ["¥0", "¥10", "¥10.05", "¥0.50", "−¥0.20"]);
  assert.deepEqual(["36.5", "36.50", " 7 ", "0.05", "36。5", "", "1.234", "-3", "abc", "12345678"].map(format.fenOf),
    [3650, 3650, 700, 5, 3650, null, null, null, null, null]);
});

test("points say which way they went", () => {
  assert.deepEqual([20, -50, 0].map(format.signed), ["+20", "−50", "0"]);
});

test("distances are as exact as a walk needs", () => {
  assert.deepEqual([3, 44, 996, 1234, 25400].map(format.distance), ["10米", "40米", "1000米", "1.2公里", "25公里"]);
});

test("minutes become hours", () => {
  assert.deepEqual([0, 45, 60, 117].map(format.minutes), ["0分钟", "45分钟", "1小时", "1小时57分钟"]);
  inEnglish(() => assert.deepEqual([1, 60, 117].map(format.minutes), ["1 minute", "1 hour", "1 h 57 min"]));
});

test("twelve digits are read out in fours", () => {
  assert.equal(format.digits("123456789012"), "1234 5678 9012");
});
