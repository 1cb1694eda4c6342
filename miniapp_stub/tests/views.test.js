const assert = require("node:assert/strict");
const { test } = require("node:test");
const { makePhone, openPage } = require("./phone");

const phone = makePhone();
const codes = require("../miniprogram/lib/codes");
const couponView = require("../miniprogram/lib/coupon-view");
const eventView = require("../miniprogram/lib/event-view");
const settlementView = require("../miniprogram/lib/settlement-view");
const recordView = require("../miniprogram/lib/record-view");
const { metresBetween } = require("../miniprogram/lib/place");
const { setLarge, sizeClass } = require("../miniprogram/lib/type-size");

const NOON = Date.parse("2026-05-06T04:00:00Z");
const TOKEN = "I5cW2aB3dE8f5G6h7J8k9L0m1N2p3";
const event = (changes) => ({
  id: "e", title: "x", category: "care", status: "published", starts_at: "2026-05-06T03:00:00Z", ends_at: "2026-05-06T05:00:00Z", capacity: 3, places_taken: 1,
  place: { name: "y", latitude: 29.5591, longitude: 106.5694 }, points_per_hour: 10, points_max: 40, sign_up_status: null, ...changes,
});
const coupon = (changes) => ({
  id: "c", status: "available", valid_until: "2026-06-06T04:00:00Z", short_code: "123456789012", points_paid: 50,
  offer: { title: "x", merchant_name: "y", kind: "cash_off", face_value_fen: 1000, min_spend_fen: 0 }, ...changes,
});

test("a code is found in a link, a scene, and what a thumb typed", () => {
  assert.deepEqual([`http://127.0.0.1:8000/c/${TOKEN}`, TOKEN, ` ${TOKEN} `, "hi there!", ""].map(codes.tokenOf), [TOKEN, TOKEN, TOKEN, "", ""]);
  assert.deepEqual(["1234 5678 9012", "1234-5678-9012", "12345"].map(codes.couponCodeOf), ["123456789012", "123456789012", ""]);
  assert.equal(codes.kindOf("R123"), "resident");
});

test("an event says where one stands in it", () => {
  const tag = (changes) => (eventView.view(event(changes), { now: NOON }).tag || {}).text || "";
  assert.deepEqual([{}, { places_taken: 3 }, { sign_up_status: "waitlisted", waiting_position: 2 }, { sign_up_status: "confirmed" }, { checked_in_at: "2026-05-06T03:00:00Z" },
    { checked_in_at: "x", checked_out_at: "x" }, { status: "cancelled" }].map(tag), ["", "已满", "候补第2位", "已报名", "已签到", "已完成", "已取消"]);
  assert.ok(eventView.view(event({}), { now: NOON }).running);
});

test("who waits for a place, or would have to, reads how those who wait move up", () => {
  const full = { places_taken: 3, waiting_order: "rewarded_first" };
  const order = (changes) => eventView.order(event({ ...full, ...changes }), NOON);
  assert.match(order({}), /活动优先/);
  assert.match(order({ sign_up_status: "waitlisted", places_taken: 2 }), /活动优先/);
  assert.equal(order({ waiting_order: "first_come" }), "候补按报名先后补位。");
  assert.deepEqual([{ places_taken: 1 }, { sign_up_status: "confirmed" }, { checked_in_at: "x" }, { status: "closed" }, { ends_at: "2026-05-06T03:30:00Z" }].map(order),
    ["", "", "", "", ""]);
});

test("an event is so far away, where both places are known", () => {
  const here = { latitude: 29.5681, longitude: 106.5694 };
  assert.equal(eventView.view(event({}), { here, now: NOON }).distance, "1.0公里");
  assert.equal(eventView.view(event({ place: { name: "y", latitude: null } }), { here, now: NOON }).distance, "");
  assert.equal(metresBetween(here, here), 0);
});

test("an event without a place names none", () => {
  const shown = (place) => { const { place: named, summary } = eventView.view(event({ place }), { now: NOON }); return [named, summary]; };
  assert.deepEqual([shown(null), shown({ name: "y" })], [["", "今天 11:00–13:00"], ["y", "今天 11:00–13:00 · y"]]);
});

test("a coupon warns in its last week", () => {
  const soon = (until) => couponView.view(coupon({ valid_until: until }), NOON);
  assert.equal(soon("2026-06-06T04:00:00Z").soon, false);
  assert.deepEqual([soon("2026-05-09T05:00:00Z").soon, soon("2026-05-09T05:00:00Z").lapse], [true, "还剩3天，有效期至：5月9日 周六 13:00"]);
  assert.equal(soon("2026-05-06T10:00:00Z").lapse, "不到一天了，有效期至：今天 18:00");
  assert.equal(soon("2026-05-06T23:00:00Z").lapse, "不到一天了，有效期至：明天 07:00");
});

test("a coupon says until which hour it is good, also while that is long ahead and when it is over", () => {
  const says = (changes) => couponView.view(coupon({ valid_until: "2026-12-27T21:54:00Z", ...changes }), NOON).lapse;
  assert.deepEqual([says({}), says({ status: "expired" })], ["有效期至：2026年12月28日 05:54", "有效期至：2026年12月28日 05:54"]);
});

test("what a coupon is worth is the first thing read", () => {
  const worth = (offer) => couponView.view(coupon({ offer: { title: "x", ...offer } }), NOON).worth;
  assert.deepEqual([worth({ kind: "cash_off", face_value_fen: 1000 }), worth({ kind: "percent_off", percent: 15 }), worth({ kind: "goods", item: "鸡蛋" })], ["减¥10", "8.5折", "鸡蛋"]);
});

test("an offer that cannot be had says why, and how much is missing", () => {
  const offer = { id: "o", title: "x", kind: "cash_off", face_value_fen: 100, points_price: 50, stock_left: 3, valid_days: 30, can_exchange: false };
  assert.equal(couponView.offerView({ ...offer, why_not: "insufficient_points" }, 20).why_not, "还差30积分");
  assert.equal(couponView.offerView({ ...offer, why_not: "out_of_stock" }, 90).why_not, "已经兑完，改天再来看看。");
});

test("a record's oddities are said in words", () => {
  const record = { id: "r", description: "x", category: "care", started_at: "2026-05-06T01:00:00Z", ended_at: "2026-05-06T03:00:00Z", minutes: 0, points_proposed: 0,
    status: "pending", evidence_tier: "B", flags: ["missing_check_out", "shared_device"] };
  assert.deepEqual(recordView.view(record, NOON).flags, ["没有签退", "一部手机多人使用"]);
});

test("type follows the phone, and large is never smaller than that", () => {
  assert.equal(sizeClass(), "size-100");
  phone.scale = 1.24;
  assert.equal(sizeClass(), "size-120");
  setLarge(true);
  assert.equal(sizeClass(), "size-140");
  phone.scale = 1.6;
  assert.equal(sizeClass(), "size-160");
});

test("the hour that is proposed for a deed is over, and after a night it is one of yesterday's morning", () => {
  const proposed = (moment) => { const { day, from, to } = recordView.lastHour(Date.parse(moment)); return `${day} ${from} ${to}`; };
  assert.deepEqual(["2026-05-06T07:59:00+08:00", "2026-05-06T07:00:00+08:00", "2026-05-06T23:30:00+08:00"].map(proposed),
    ["2026-05-06 06:00 07:00", "2026-05-06 06:00 07:00", "2026-05-06 22:00 23:00"]);
  assert.deepEqual(["2026-05-06T06:59:00+08:00", "2026-05-06T00:10:00+08:00"].map(proposed), ["2026-05-05 09:00 10:00", "2026-05-05 09:00 10:00"]);
});

test("the page to declare a deed proposes an hour that is over, and keeps what was chosen", async () => {
  const page = openPage("pages/declare/declare");
  await page.reload();
  const { day, from, to } = page.data;
  assert.deepEqual({ day, from, to }, recordView.lastHour());
  page.chooseFrom({ detail: { value: "05:00" } });
  await page.reload();
  assert.deepEqual([page.data.from, page.data.to], ["05:00", to]);
});

const record = (changes) => ({ evidence_tier: "A", flags: [], history: [], ...changes });

test("what was declared, or is odd, wants a look", () => {
  assert.deepEqual([{}, { evidence_tier: "C" }, { evidence_tier: "D" }, { flags: ["far"] }].map((changes) => recordView.isPlain(record(changes))), [true, true, false, false]);
});

test("an approval is one's own until an objection opens the record again", () => {
  const mine = { action: "approve", by_id: "me" };
  const by = (...history) => recordView.isApprovedBy(record({ history }), "me");
  assert.deepEqual([by(), by({ action: "approve", by_id: "other" }), by(mine), by(mine, { action: "reject", by_id: "x" }, { action: "uphold", by_id: "x" })],
    [false, false, true, false]);
});

test("a step says who did it: staff by name, to a resident as what", () => {
  const who = (changes) => recordView.step({ action: "approve", at: "2026-05-06T04:00:00Z", points: null, ...changes }).who;
  assert.deepEqual([{}, { by_role: "grid_worker" }, { by_role: "grid_worker", by_name: "王" }, { by_role: "resident", by_name: "李" }].map(who),
    ["", " · 网格员", " · 王（网格员）", " · 李"]);
});

test("a picture that did not pass is its sender's alone", () => {
  const shown = (state, isMine) => { const { hidden, text } = recordView.picture({ id: "p", state }, isMine); return [hidden, text]; };
  assert.deepEqual([shown("passed"), shown("pending"), shown("refused"), shown("refused", true)],
    [[false, ""], [false, "检查中"], [true, "未通过检查，不显示"], [false, "未通过检查，只有您能看到"]]);
});

test("a scan is marked where the record is flagged for it", () => {
  const isFar = (band, flagged) => recordView.scan({ id: "s", direction: "in", at: "2026-05-06T04:00:00Z", distance_band: band }, flagged).isFar;
  assert.deepEqual([isFar("150-300 m", true), isFar("150-300 m", false), isFar("0-50 m", true), isFar(null, true)], [true, false, false, false]);
});

test("a line of a settlement says which coupon it was, and at which shop", () => {
  const line = { id: "l", title: "x", shop_name: "y", at: "2026-05-06T04:00:00Z", amount_fen: 790 };
  assert.deepEqual(settlementView.lineView(line, NOON), { id: "l", title: "x", shop: "y", when: "今天 12:00", amount: "¥7.90" });
});

test("an offer is found in a code's scene, and says what one agrees to", () => {
  assert.deepEqual(["FAZoXiemfdRGsT8rEuTIzNw", "F12", TOKEN, ""].map(codes.offerOf), ["019a1789-e99f-7511-ac4f-cac4b9323337", "", "", ""]);
  const offer = { kind: "percent_off", percent: 10, min_spend_fen: 3000, discount_cap_fen: 2000, valid_days: 30, per_resident_limit: 2, stock_left: 5, on_sale_until: "2026-06-06T04:00:00Z" };
  assert.deepEqual(couponView.terms(offer).map(({ text }) => text).slice(0, 4), ["满¥30可用，最多减¥20", "兑换后30天内有效。", "每人最多2份", "兑换截止：2026年6月6日 12:00"]);
});
