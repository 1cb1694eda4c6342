// Checking in without a network: nothing is kept, and what is offered works.
const assert = require("node:assert/strict");
const { beforeEach, test } = require("node:test");
const { makePhone, openPage } = require("./phone");

let phone;

beforeEach(() => {
  phone = makePhone();
  wx.createInnerAudioContext = () => ({ play() {} });
});

async function refusedOffLine() {
  const page = openPage("pages/check-in/check-in", { event_id: "e" });
  phone.online = false;
  await page.reload();
  page.typed({ detail: { value: "123456" } });
  await page.submit();
  return page.data;
}

test("one's own code is offered without a network only while it lives", async () => {
  const keptCode = require("../miniprogram/lib/kept-code");
  const offered = async () => { const { problem, code } = await refusedOffLine(); return [problem.action && problem.action.text, code]; };
  assert.deepEqual(await offered(), [null, "123456"]);
  keptCode.keep("/me/code", "data:", Date.now() + 30000);
  assert.deepEqual(await offered(), ["出示我的码", "123456"]);
  keptCode.keep("/me/code", "data:", Date.now() + 5000); // over before anybody has scanned it
  assert.deepEqual(await offered(), [null, "123456"]);
});

test("where it does not live, the staff's own ways are said", async () => {
  assert.match((await refusedOffLine()).problem.ways, /按姓名找到您/);
});
