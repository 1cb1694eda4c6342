// An offer that one has already says so, and where.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone, openPage, problem, signedIn } = require("./phone");

const OFFER = {
  id: "o", title: "x", merchant_name: "y", kind: "cash_off", face_value_fen: 1000, points_price: 50, stock_left: 3, valid_days: 30, per_resident_limit: 1,
  on_sale_until: "2026-06-06T04:00:00Z", shops: [], can_exchange: false, why_not: "limit_reached",
};
let phone;
let offer;
let coupons;

function answer({ url, method }) {
  if (/\/auth\//.test(url)) return { data: signedIn(1) };
  if (method === "POST") return problem(409, "limit_reached");
  if (/\/me\/coupons/.test(url)) return { data: { items: coupons, next_cursor: null } };
  return { data: /\/me\/points/.test(url) ? { available: 90 } : offer };
}

async function open() {
  const page = openPage("pages/offer/offer", { id: "o" });
  await page.reload();
  assert.equal(page.data.state, "ready", page.data.problem && page.data.problem.title);
  return page;
}

beforeEach(() => {
  phone = makePhone();
  phone.answer = answer;
  offer = OFFER;
  coupons = [{ id: "c", offer_id: "o", status: "available" }];
});

test("who may have no more, and holds one, is led to their coupons; who has used theirs is not", async () => {
  assert.equal((await open()).data.held, true);
  coupons = [{ id: "c", offer_id: "another", status: "available" }];
  assert.equal((await open()).data.held, false);
});

test("while one may have it, nothing of that is said or asked for", async () => {
  offer = { ...OFFER, can_exchange: true, why_not: null };
  assert.equal((await open()).data.held, false);
  assert.deepEqual(phone.asked("/me/coupons"), []);
});

test("who is refused because they have it already sees it beside the refusal", async () => {
  offer = { ...OFFER, can_exchange: true, why_not: null };
  const page = await open();
  offer = OFFER;
  await page.exchange();
  await new Promise((resume) => setTimeout(resume, 50));
  assert.deepEqual([page.data.held, page.data.problem.code], [true, "limit_reached"]);
});
