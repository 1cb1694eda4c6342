// The inbox: what a message opens, and how WeChat's question whether the phone may ring is asked and reported.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone } = require("./phone");

let phone = makePhone();
const messageView = require("../miniprogram/lib/message-view");
const notices = require("../miniprogram/lib/notices");

const NOW = Date.parse("2026-05-06T12:00:00Z");
const MESSAGE = { id: "m", topic: "coupon_used", title: "Used", text: "Ten yuan off", at: "2026-05-06T11:00:00Z", read_at: null, about: { type: "coupon", id: "c" } };
const TEMPLATES = ["event", "record", "points", "coupon", "settlement"].map((kind) => ({ template: `id-${kind}`, kind, rights: kind === "event" ? 2 : 0 }));

beforeEach(() => { phone = makePhone(); });

test("a message opens what it is about, and is new until it is read", () => {
  const shown = messageView(MESSAGE, NOW);
  assert.equal(shown.url, "/pages/coupon/coupon?id=c");
  assert.equal(shown.read, false);
  assert.equal(messageView({ ...MESSAGE, read_at: "2026-05-06T11:30:00Z" }, NOW).read, true);
});

test("points about to lapse open the points, and what has no page opens nothing", () => {
  assert.equal(messageView({ ...MESSAGE, topic: "points_lapsing", about: null }, NOW).url, "/pages/points/points");
  assert.equal(messageView({ ...MESSAGE, about: { type: "moon", id: "x" } }, NOW).url, "");
});

test("a resident is not asked about settlements", async () => {
  phone.answers.push({ data: { items: TEMPLATES } });
  const offered = await notices.offered();
  assert.deepEqual(offered.map(({ kind }) => kind), ["event", "record", "points", "coupon"]);
  assert.match(offered[0].left, /2/);
});

test("each answer of the dialog is reported, a yes and a no alike", async () => {
  wx.requestSubscribeMessage = ({ tmplIds, success }) => success({ errMsg: "ok", [tmplIds[0]]: "accept", [tmplIds[1]]: "reject" });
  assert.equal(await notices.ask(TEMPLATES.slice(0, 2)), 1);
  const told = phone.requests.filter(({ url }) => url.endsWith("/me/subscriptions")).map(({ data }) => data);
  assert.deepEqual(told, [{ template: "id-event", result: "accept" }, { template: "id-record", result: "reject" }]);
});

test("who has turned all notices off is troubled no further", async () => {
  wx.requestSubscribeMessage = ({ fail }) => fail({ errMsg: "requestSubscribeMessage:fail", errCode: 20004 });
  assert.equal(await notices.ask(TEMPLATES), 0);
  assert.equal(phone.requests.filter(({ url }) => url.endsWith("/me/subscriptions")).length, 0);
});
