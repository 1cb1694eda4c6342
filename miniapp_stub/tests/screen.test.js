// What every page shares: its states, one act at a time, and a refusal that stays until it was read.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone } = require("./phone");

makePhone();
const { Problem } = require("../miniprogram/lib/problem");
const screen = require("../miniprogram/lib/screen");

const REFUSAL = new Problem(409, { code: "already_signed_up", detail: "Signed up already." });
const NO_NETWORK = new Problem(0, { code: "offline", detail: "No network." });

/** A page as WeChat would hold it, with `load` in the test's hands. */
function open(own) {
  let page;
  globalThis.Page = (options) => { page = { ...options, setData(data, then) { Object.assign(this.data, data); if (then) then(); } }; };
  screen("event", { isOpen: true, ...own });
  page.onLoad({ id: "1%202" });
  return page;
}

beforeEach(() => {
  makePhone();
  Object.assign(wx, { setNavigationBarTitle() {}, pageScrollTo() {} });
});

test("a page loads what its address asks for", async () => {
  const page = open({ load: async ({ id }) => ({ shown: id }) });
  assert.equal(page.data.state, "loading");
  await page.onShow();
  assert.deepEqual([page.data.state, page.data.shown, page.data.problem], ["ready", "1 2", null]);
});

test("a first load that fails takes the page, a later one leaves what is shown", async () => {
  let answer = () => { throw NO_NETWORK; };
  const page = open({ load: async () => answer() });
  await page.onShow();
  assert.equal(page.data.state, "offline");
  answer = () => ({ shown: 1 });
  await page.reload();
  answer = () => { throw REFUSAL; };
  await page.reload();
  assert.deepEqual([page.data.state, page.data.shown, page.data.problem.code], ["ready", 1, "already_signed_up"]);
});

test("a refusal stays to be read when a load that had begun before it ends after it", async () => {
  let loaded;
  const page = open({ load: () => new Promise((resolve) => { loaded = resolve; }) });
  const loading = page.onShow();
  await page.act("sign_up", async () => { throw REFUSAL; });
  loaded({ shown: 1 });
  await loading;
  assert.deepEqual([page.data.state, page.data.problem.code], ["ready", "already_signed_up"]);
  const again = page.reload();
  loaded({});
  await again;
  assert.equal(page.data.problem, null);
});

test("a refusal stays to be read while the page shows how things are now", async () => {
  let shown = 0;
  const page = open({ load: async () => ({ shown: shown += 1 }) });
  await page.onShow();
  await page.act("sign_up", async () => { throw REFUSAL; });
  await page.reloadKeepingProblem();
  assert.deepEqual([page.data.shown, page.data.problem.code], [2, "already_signed_up"]);
  await page.act("sign_up", async () => "made");
  await page.reloadKeepingProblem();
  assert.deepEqual([page.data.shown, page.data.problem], [3, null]);
});

test("a second tap while the first is on its way is not a second act", async () => {
  const page = open({ load: async () => ({}) });
  let done = 0;
  let finish;
  const first = page.act("sign_up", () => new Promise((resolve) => { finish = () => { done += 1; resolve("made"); }; }));
  assert.equal(await page.act("sign_up", async () => { done += 1; }), undefined);
  finish();
  assert.deepEqual([await first, done, page.data.busy], ["made", 1, ""]);
});
