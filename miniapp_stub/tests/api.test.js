const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { LOST, makePhone, problem } = require("./phone");

let phone;
let api;
let session;

beforeEach(() => {
  phone = makePhone();
  for (const name of Object.keys(require.cache)) if (name.includes("/lib/")) delete require.cache[name];
  api = require("../miniprogram/lib/api");
  session = require("../miniprogram/lib/session");
});

const keys = () => phone.asked("/coupons").map((request) => request.header["Idempotency-Key"]);
const buy = () => api.post("/coupons", { offer_id: "o" }, { once: true });

test("several requests at once sign in once", async () => {
  await Promise.all([api.get("/me"), api.get("/me/points"), api.get("/events")]);
  assert.equal(phone.asked("/auth/wechat").length, 1);
  assert.equal(phone.asked("/me/points")[0].header.Authorization, "Bearer access-1");
});

test("a token that the server no longer takes is renewed, and the request asked again", async () => {
  await api.get("/me");
  phone.answers = [problem(401, "access_token_expired"), { data: { available: 7 } }];
  assert.equal((await api.get("/me/points")).available, 7);
  assert.equal(phone.asked("/auth/refresh").length, 1);
});

test("where the sign-in itself is over, WeChat signs in again without a word", async () => {
  await api.get("/me");
  const answer = phone.answer;
  phone.answer = (asked) => (asked.url.includes("/auth/refresh") ? problem(401, "refresh_reused") : answer(asked));
  phone.answers = [problem(401, "unauthenticated"), { data: { available: 7 } }];
  assert.equal((await api.get("/me/points")).available, 7);
  assert.equal(phone.asked("/auth/wechat").length, 2);
});

test("a second refusal of a fresh token is the person's to see", async () => {
  await api.get("/me");
  phone.answers = [problem(401, "unauthenticated"), problem(401, "unauthenticated")];
  await assert.rejects(api.get("/me/points"), { code: "unauthenticated" });
});

test("outside WeChat signing in says so in the person's language", async () => {
  phone = makePhone({ language: "en_US", code: null });
  await assert.rejects(api.get("/me"), { code: "not_in_wechat", message: /inside WeChat/ });
});

test("an act whose answer is lost is tried once more, with its own key", async () => {
  phone.answers = [LOST, { statusCode: 201, data: { id: "c" } }];
  assert.equal((await buy()).id, "c");
  assert.equal(keys().length, 2);
  assert.equal(new Set(keys()).size, 1);
});

test("an act without a key is never sent twice", async () => {
  phone.answers = [LOST, {}];
  await assert.rejects(api.post("/events/e/publish"), { isOffline: true });
  assert.equal(phone.asked("/publish").length, 1);
});

test("an act begun and never answered keeps its key, also when the app is opened anew", async () => {
  phone.answers = [LOST, LOST, { statusCode: 201, data: { id: "c" } }];
  await assert.rejects(buy(), { isOffline: true });
  for (const name of Object.keys(require.cache)) if (name.includes("/lib/")) delete require.cache[name];
  api = require("../miniprogram/lib/api");
  await buy();
  assert.equal(new Set(keys()).size, 1);
});

test("an act that was answered, by yes or by no, is over: the next is another", async () => {
  phone.answers = [{ statusCode: 201, data: {} }, problem(409, "insufficient_points"), { statusCode: 201, data: {} }];
  await buy();
  await assert.rejects(buy(), { code: "insufficient_points" });
  await buy();
  assert.equal(new Set(keys()).size, 3);
});

test("an act that is still being worked on keeps its key", async () => {
  phone.answers = [problem(409, "request_in_progress"), { statusCode: 201, data: {} }];
  await assert.rejects(buy(), { code: "request_in_progress" });
  await buy();
  assert.equal(new Set(keys()).size, 1);
});

const SHEETS = "/civility/questionnaires/q/sheets";
const sheet = (answer) => api.post(SHEETS, { answers: { 2.2: [answer] } }, { untold: true });
const sheetKeys = () => new Set(phone.asked("/sheets").map((request) => request.header["Idempotency-Key"])).size;
const COUNTED = { statusCode: 201, data: { typed: 1 } };
const REPLAYED = { ...COUNTED, header: { "Idempotency-Replayed": "true" } };

test("what was sent is nowhere in the phone while its answer is awaited", async () => {
  phone.answers = [LOST, LOST, LOST, LOST];
  await assert.rejects(sheet(4), { isOffline: true });
  await assert.rejects(api.post("/activity-records", { description: "helped Mrs Wu" }, { once: true }), { isOffline: true });
  assert.equal(Object.keys(JSON.parse(phone.store.acts)).length, 2);
  assert.doesNotMatch(JSON.stringify(phone.store), /answers|Mrs Wu/);
  const names = () => Object.keys(JSON.parse(phone.store.acts)).filter((name) => name.includes("sheets"));
  const before = names();
  phone.answers = [LOST, LOST];
  await assert.rejects(sheet(5), { isOffline: true });
  assert.deepEqual(names(), before); // nor anything that another answer would have changed
});

test("a sheet whose answer was lost counts once, with the same answers and with corrected ones", async () => {
  phone.answers = [LOST, LOST, REPLAYED];
  await assert.rejects(sheet(4), { isOffline: true });
  assert.equal((await sheet(4)).typed, 1);
  assert.equal(sheetKeys(), 1);
  phone.answers = [LOST, LOST, COUNTED];
  await assert.rejects(sheet(4), { isOffline: true });
  assert.equal((await sheet(5)).typed, 1);
  assert.equal(sheetKeys(), 2);
});

test("another sheet than the one that had arrived is not swallowed: it is said, and goes as its own", async () => {
  phone.answers = [LOST, LOST, REPLAYED, COUNTED];
  await assert.rejects(sheet(4), { isOffline: true });
  await assert.rejects(sheet(5), { code: "sent_before" });
  assert.equal((await sheet(5)).typed, 1);
  assert.equal(sheetKeys(), 2);
});

test("nor is one after the app was closed, when nobody knows any more what was sent", async () => {
  phone.answers = [LOST, LOST, REPLAYED, COUNTED];
  await assert.rejects(sheet(4), { isOffline: true });
  for (const name of Object.keys(require.cache)) if (name.includes("/lib/")) delete require.cache[name];
  api = require("../miniprogram/lib/api");
  await assert.rejects(sheet(4), { code: "sent_before" });
  assert.equal((await sheet(4)).typed, 1);
  assert.equal(sheetKeys(), 2);
});

test("a busy server is asked again after the second that it named", async () => {
  phone.answers = [{ ...problem(503, "unavailable"), header: { "Retry-After": "0.01" } }, { data: { available: 3 } }];
  assert.equal((await api.get("/me/points")).available, 3);
});

test("off line the last answer is shown, and says that it is old", async () => {
  phone.answers = [{ data: { available: 5 } }];
  await api.get("/me/points");
  phone.online = false;
  const kept = await api.get("/me/points");
  assert.equal(kept.available, 5);
  assert.ok(Date.now() - kept.stale < 5000);
  await assert.rejects(api.get("/me/coupons"), { isOffline: true });
});

test("what is kept is forgotten with the sign-out, what is the phone's is not", async () => {
  require("../miniprogram/lib/i18n").speak("en");
  await api.get("/me/points");
  await session.signOut();
  assert.equal(session.current(), null);
  assert.deepEqual(Object.keys(phone.store).sort(), ["device", "language"]);
});

test("a list is read page by page, as far as is wanted", async () => {
  phone.answers = [{ data: { items: [1, 2], next_cursor: "n" } }, { data: { items: [3], next_cursor: null } }];
  assert.deepEqual((await api.all("/events", { status: "published" })).items, [1, 2, 3]);
  assert.match(phone.asked("/events")[1].url, /status=published&cursor=n|cursor=n/);
});

test("an edit names the version that it was made from", async () => {
  phone.answers = [{ header: { ETag: '"7"' } }, { data: { language: "en" } }];
  await api.put("/me", { language: "en" });
  const sent = phone.asked("/me").at(-1);
  assert.deepEqual([sent.method, sent.header["If-Match"]], ["PUT", '"7"']);
});

test("a picture comes with the sign-in, as something to show; a refusal of it is read all the same", async () => {
  phone.answers = [{ data: new Uint8Array([1, 2]).buffer, header: { "Content-Type": "image/png" } }];
  assert.equal(await api.picture("/me/code.png"), "data:image/png;base64,AQI=");
  phone.answers = [{ statusCode: 409, data: new TextEncoder().encode('{"code": "event_not_open", "detail": "Geschlossen – 关"}').buffer }];
  await assert.rejects(api.picture("/events/e/code.png"), { code: "event_not_open", message: "Geschlossen – 关" });
});

test("every request says the language, and which device, though not whose", async () => {
  await api.get("/me");
  await api.get("/me/points");
  const [first, second] = phone.requests.slice(1).map((request) => request.header);
  assert.equal(first["Accept-Language"], "zh-CN");
  assert.equal(first["X-Device-ID"], second["X-Device-ID"]);
});

test("a problem is shown with its way on", async () => {
  phone.answers = [problem(422, "too_far", { distance_m: 900 })];
  const shown = await api.get("/x").then(null, (error) => error.shown);
  assert.equal(shown.title, "said too_far");
  assert.equal(shown.action.url, "/pages/my-code/my-code");
  assert.ok(shown.ways);
});
