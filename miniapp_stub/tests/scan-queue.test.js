const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone, problem } = require("./phone");

let phone;
let queue;
const scan = (token) => ({ event_id: "e", resident_token: token, direction: "in" });

beforeEach(() => {
  phone = makePhone();
  for (const name of Object.keys(require.cache)) if (name.includes("/lib/")) delete require.cache[name];
  queue = require("../miniprogram/lib/scan-queue");
  const answer = phone.answer;
  phone.answer = (asked) => (asked.url.endsWith("/check-ins/batch") ? phone.batch(asked.data.items) : answer(asked));
  phone.batch = (items) => ({ data: { items: items.map(({ key }) => ({ key, status: 201, check_in: {} })) } });
});

test("a scan off line stays until there is a network, with the time of the scan and a key of its own", async () => {
  phone.online = false;
  queue.add(scan("R1"));
  queue.add(scan("R2"));
  assert.deepEqual(await queue.send(), []);
  assert.equal(queue.waiting().length, 2);
  phone.online = true;
  assert.deepEqual((await queue.send()).map((result) => result.ok), [true, true]);
  assert.equal(queue.waiting().length, 0);
  const [sent] = phone.asked("/batch").at(-1).data.items;
  assert.deepEqual(Object.keys(sent).sort(), ["direction", "event_id", "key", "resident_token", "scanned_at"]);
});

test("one resident scanned twice off line is kept once, with the first moment, though the code has changed", () => {
  const first = queue.add(scan("Rabcdefgh111111MAC"));
  assert.equal(queue.add(scan("Rabcdefgh222222CAM")).key, first.key);
  queue.add({ ...scan("Rabcdefgh222222CAM"), direction: "out" });
  queue.add(scan("Rhgfedcba222222CAM"));
  assert.equal(queue.waiting().length, 3);
});

test("a scan whose answer was lost is sent again under the same key", async () => {
  queue.add(scan("R1"));
  const { batch } = phone;
  phone.batch = () => null;
  await queue.send();
  phone.batch = batch;
  await queue.send();
  const keys = phone.asked("/batch").map((request) => request.data.items[0].key);
  assert.ok(keys.length >= 2);
  assert.equal(new Set(keys).size, 1);
});

test("a refused scan is over, and told; the others are not held up", async () => {
  queue.add(scan("R1"));
  queue.add(scan("R2"));
  phone.batch = (items) => ({ data: { items: items.map(({ key }, at) => (at ? { key, status: 201 } : { key, status: 410, problem: problem(410, "token_expired").data })) } });
  const results = await queue.send();
  assert.deepEqual(results.map((result) => [result.ok, result.detail]), [[false, "said token_expired"], [true, ""]]);
  assert.equal(queue.waiting().length, 0);
  assert.equal(queue.sent().length, 2);
});

test("two hundred go at once, and the rest after them", async () => {
  for (let at = 0; at < 230; at += 1) queue.add(scan(`R${at}`));
  await queue.send();
  assert.deepEqual(phone.asked("/batch").map((request) => request.data.items.length), [200, 30]);
});

test("two sendings at once are one", async () => {
  queue.add(scan("R1"));
  await Promise.all([queue.send(), queue.send()]);
  assert.equal(phone.asked("/batch").length, 1);
});

test("the queue is sent when the network comes back", async () => {
  const network = require("../miniprogram/lib/network");
  network.start();
  let sent = 0;
  network.whenBack(() => { sent += 1; });
  for (const isConnected of [false, true]) phone.listeners.forEach((listener) => listener({ isConnected }));
  assert.equal(sent, 1);
});
