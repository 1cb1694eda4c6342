// The till: what is confirmed is what was shown.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone, openPage } = require("./phone");

let phone;
let page;

const CODE = "123456789012";
const SESSION = { access_token: "a", refresh_token: "r", expires_in: 900, person: { id: "1", display_name: "周小梅", roles: [{ role: "merchant_clerk", merchant_id: "m" }] } };
const giving = ({ spend_fen }) => (spend_fen
  ? { can_redeem: true, problem: null, title: "九折", kind: "percent_off", discount_fen: Math.floor(spend_fen / 10), min_spend_fen: 3000, holder: "李*" }
  : { can_redeem: false, problem: { status: 409, code: "below_minimum_spend", detail: "x" }, title: "九折", kind: "percent_off", discount_fen: 0, min_spend_fen: 3000, holder: "李*" });

function answer({ url, data }) {
  if (/\/auth\//.test(url)) return { data: SESSION };
  if (/\/shops/.test(url)) return { data: { items: [{ id: "s", merchant_id: "m", name: "林记超市", status: "active" }], next_cursor: null } };
  if (/preview$/.test(url)) return { data: giving(data) };
  return { data: { id: "r", discount_fen: giving(data).discount_fen, at: "2026-05-06T04:00:00Z" } };
}

const typed = (value) => ({ detail: { value } });
const confirmed = () => phone.requests.filter(({ url }) => /\/redemptions$/.test(url)).map(({ data }) => data.spend_fen);

async function look(spend) {
  page.typed(typed(CODE));
  await page.look();
  page.typedSpend(typed(spend));
  await page.look();
}

beforeEach(async () => {
  phone = makePhone();
  phone.answer = answer;
  wx.createInnerAudioContext = () => ({ play() {} });
  page = openPage("shop/till/till");
  await require("../miniprogram/lib/session").byWeChat();
  await page.reload();
  assert.equal(page.data.state, "ready", page.data.problem && page.data.problem.title);
});

test("a changed amount takes the discount away until it is worked out again", async () => {
  await look("36.55");
  assert.deepEqual([page.data.preview.ready, page.data.preview.amount], [true, "¥3.65"]);
  page.typedSpend(typed("150"));
  assert.deepEqual([page.data.preview.ready, page.data.needsSpend], [false, true]);
  await page.look();
  assert.deepEqual([page.data.preview.ready, page.data.preview.amount], [true, "¥15"]);
  await page.redeem();
  assert.deepEqual([confirmed(), page.data.done.amount], [[15000], "¥15"]);
});

test("an amount that is typed while another is worked out is not taken for it", async () => {
  await look("36.55");
  const looking = page.look();
  page.typedSpend(typed("150"));
  await looking;
  assert.equal(page.data.preview.ready, false);
});

test("an amount that is typed while the coupon is taken changes nothing of what was shown", async () => {
  await look("36.55");
  const taking = page.redeem();
  page.typedSpend(typed("150"));
  await taking;
  assert.deepEqual([confirmed(), page.data.done.amount], [[3655], "¥3.65"]);
});

test("what was typed over while it was looked at is not shown", async () => {
  page.typed(typed(CODE));
  const looking = page.look();
  page.typed(typed("99"));
  await looking;
  assert.equal(page.data.preview, null);
});

test("the last success is gone when the next code is looked at", async () => {
  await look("36.55");
  await page.redeem();
  page.typed(typed("12"));
  assert.equal(page.data.done.amount, "¥3.65");
  await page.look();
  assert.deepEqual([page.data.done, page.data.problem.code], [null, "coupon_code_invalid"]);
});
