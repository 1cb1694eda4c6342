// The browser host keeps to what WeChat documents, and has everything that the screens use.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { readDoor } from "../h5/door.js";
import { fileAddress } from "../h5/files.js";
import { call } from "../h5/wx/answers.js";
import { downloadFile, request, uploadFile } from "../h5/wx/request.js";
import { makeStorage } from "../h5/wx/storage.js";
import { problems } from "../tools/check.mjs";
import { HERE, app, ending, read } from "../tools/sources.mjs";
import { appRules, componentRules, pageRules } from "../tools/wxss.mjs";

const host = (file) => fs.readFileSync(path.join(HERE, "h5", file), "utf8");
const ELEMENTS = ["view", "text", "button", "input", "textarea", "scroll-view", "block", "slot"];

let fetched;
const { fetch } = globalThis;
beforeEach(() => {
  fetched = [];
  globalThis.fetch = async (url, init) => {
    fetched.push({ url, ...init });
    return new Response('{"code": "not_found"}', { status: 404, headers: { "content-type": "application/problem+json" } });
  };
});
afterEach(() => { globalThis.fetch = fetch; });

const asked = (make, options) => new Promise((resolve) => make({ ...options, success: (answer) => resolve(["success", answer]), fail: (answer) => resolve(["fail", answer]) }));

test("the folder is a mini program that WeChat would take", () => {
  assert.deepEqual(problems(), []);
});

test("every wx call of the screens is there", () => {
  const provided = host("wx.js") + host("wx/dialogs.js") + host("wx/storage.js");
  const used = new Set(ending(".js").flatMap((file) => [...read(file).matchAll(/\bwx\.(\w+)/g)].map((found) => found[1])));
  for (const name of [...used, "uploadFile", "downloadFile"]) assert.match(provided, new RegExp(`\\b${name}\\b[:,( ]`), name);
});

test("every built-in of the templates is there", () => {
  const made = fs.readdirSync(path.join(HERE, "h5", "builtins")).map((file) => file.replace(".wxml", ""));
  for (const file of ending(".wxml")) {
    const own = { ...app.usingComponents, ...JSON.parse(read(file.replace(/wxml$/, "json"))).usingComponents };
    for (const [, tag] of read(file).matchAll(/<([a-z][\w-]*)/g)) assert.ok([...ELEMENTS, ...made, ...Object.keys(own)].includes(tag), `${file}: <${tag}>`);
  }
});

test("a request succeeds whatever the status", async () => {
  const [called, answer] = await asked(request, { url: "/x" });
  assert.deepEqual([called, answer.statusCode, answer.data], ["success", 404, { code: "not_found" }]);
});

test("a request knows no PATCH", async () => {
  const [called, answer] = await asked(request, { url: "/x", method: "PATCH" });
  assert.deepEqual([called, /not supported/.test(answer.errMsg), fetched.length], ["fail", true, 0]);
});

test("data of a GET are its query, of a POST its JSON; cookies stay at home", async () => {
  await asked(request, { url: "/x?a=1", data: { b: "c d" } });
  await asked(request, { url: "/x", method: "POST", data: { b: 1 }, header: { Authorization: "Bearer t" } });
  assert.equal(fetched[0].url, "/x?a=1&b=c+d");
  assert.deepEqual([fetched[1].body, fetched[1].headers["content-type"], fetched[1].headers.authorization, fetched[1].credentials],
    ['{"b":1}', "application/json", "Bearer t", "omit"]);
});

test("without a network a request fails, and completes", async () => {
  globalThis.fetch = async () => { throw new TypeError("Failed to fetch"); };
  const completed = await new Promise((resolve) => request({ url: "/x", complete: resolve }));
  assert.equal(completed.errMsg, "request:fail Failed to fetch");
});

test("an upload is a form with one file", async () => {
  await asked(uploadFile, { url: "/evidence", name: "file", filePath: "data:image/png;base64,AQI=" });
  const file = fetched[0].body.get("file");
  assert.deepEqual([file.type, file.size, fetched[0].method], ["image/png", 2, "POST"]);
  assert.equal((await asked(uploadFile, { url: "/evidence", name: "file", filePath: "/etc/passwd" }))[0], "fail");
});

test("a downloaded picture has a path that an image shows", async () => {
  globalThis.fetch = async (url, init) => {
    fetched.push({ url, ...init });
    return new Response(new Uint8Array([1, 2]), { status: 200, headers: { "content-type": "image/png" } });
  };
  const [, answer] = await asked(downloadFile, { url: "/evidence/1", header: { Authorization: "Bearer t" } });
  assert.equal(fetched.at(-1).headers.Authorization, "Bearer t");
  assert.match(answer.tempFilePath, /^wxfile:/);
  assert.equal(fileAddress(answer.tempFilePath), "data:image/png;base64,AQI=");
});

test("a call without callbacks is a promise, with one it is none", async () => {
  const works = call("works", async () => ({ value: 1 }));
  const fails = call("fails", async () => { throw new Error("cancel"); });
  assert.deepEqual(await works(), { errMsg: "works:ok", value: 1 });
  await assert.rejects(fails(), (answer) => answer.errMsg === "fails:fail cancel");
  assert.equal(fails({ fail() {} }), undefined);
});

test("two windows of two people are two phones", () => {
  const kept = new Map();
  const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key) };
  const [li, wang] = ["li-na", "grid-wang"].map((owner) => makeStorage(owner, store));
  li.setStorageSync("session", { access: "a" });
  assert.deepEqual([li.getStorageSync("session"), wang.getStorageSync("session")], [{ access: "a" }, ""]);
  assert.throws(() => li.setStorageSync("big", "x".repeat(1024 * 1024)), /limit/);
  li.removeStorageSync("session");
  assert.equal(li.getStorageSync("session"), "");
});

test("a door names who comes in and where they stand, and nothing strange", () => {
  assert.deepEqual(readDoor("?as=li-na&at=29.5595,106.5694"), { name: "li-na", at: { latitude: 29.5595, longitude: 106.5694, accuracy: 10 } });
  assert.deepEqual(readDoor("?as=<script>&at=here"), { name: null, at: null });
});

test("a file of the package is under gen/files, an address stays what it is", () => {
  assert.deepEqual(["/sounds/yes.wav", "data:image/png;base64,AA", "//evil.example/x", "", undefined].map(fileAddress),
    ["gen/files/sounds/yes.wav", "data:image/png;base64,AA", "//evil.example/x", "", ""]);
});

test("rules of a page and of a component stay with them", () => {
  assert.equal(pageRules("pages/home/home", ".a, .b .c { color: red; }").trim(), ".pages_home_home .a, .pages_home_home .b .c { color: red; }");
  assert.equal(componentRules("c/x/x", ".a .b { color: red; }").trim(), ".c_x_x--a .c_x_x--b { color: red; }");
  assert.equal(appRules("page { color: red; }").trim(), ".wx-page { color: red; }");
});
