// Both languages say everything, templates and scripts say nothing by themselves.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { makePhone } = require("./phone");

makePhone();
const { catalogues, fill, t } = require("../miniprogram/lib/i18n");
const ROOT = path.join(__dirname, "..", "miniprogram");
const CHINESE = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/;

function files(suffix, folder = ROOT) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) return files(suffix, place);
    return place.endsWith(suffix) ? [place] : [];
  });
}

const read = (file) => fs.readFileSync(file, "utf8");
const short = (file) => path.relative(ROOT, file);

function leaves(words, at = "") {
  return Object.entries(words).flatMap(([name, word]) => (typeof word === "object" ? leaves(word, `${at}${name}.`) : [[`${at}${name}`, word]]));
}

const all = Object.fromEntries(Object.entries(catalogues).map(([language, words]) => [language, new Map(leaves(words))]));
const known = (name) => all.en.has(name);

test("no word is missing in either language, and none is empty", () => {
  assert.deepEqual([...all.en.keys()].sort(), [...all["zh-CN"].keys()].sort());
  for (const words of Object.values(all)) for (const [name, word] of words) assert.ok(word.trim() || name === "coupon.comma", name);
});

test("both languages fill in the same values", () => {
  const values = (sentence) => [...new Set([...sentence.matchAll(/\{(\w+)/g)].map((found) => found[1]))];
  const freely = ["format.date", "format.full_date", "coupon.percent_off"]; // months by name, discounts in tenths
  for (const [name, sentence] of all.en) {
    if (!freely.includes(name)) assert.deepEqual(values(sentence).sort(), values(all["zh-CN"].get(name)).sort(), name);
  }
});

test("English is English, Chinese is Chinese", () => {
  const own = ["me.language_zh-CN", "me.language_en", "settlement.as_csv", "household.door_example"]; // doors are named in Chinese
  for (const [name, sentence] of all.en) if (!own.includes(name)) assert.doesNotMatch(sentence, CHINESE, name);
  for (const [name, sentence] of all["zh-CN"]) {
    const plain = sentence.replace(/\{[^}]*\}/g, "");
    if (!own.includes(name) && /[A-Za-z]{2,}/.test(plain)) assert.match(plain, CHINESE, name);
  }
});

test("no template and no script says anything by itself", () => {
  const scripts = files(".js").filter((file) => !short(file).startsWith("lib/texts/"));
  for (const file of [...scripts, ...files(".wxml")]) assert.doesNotMatch(read(file), CHINESE, short(file));
  for (const file of files(".wxml")) {
    const visible = read(file).replace(/\{\{[\s\S]*?\}\}/g, "").replace(/<[^>]+>/g, "");
    assert.doesNotMatch(visible, /[A-Za-z]{2,}/, `${short(file)}: ${visible.trim().slice(0, 60)}`);
  }
});

test("every word that a page's template asks for is in its section", () => {
  for (const file of files(".wxml")) {
    const script = read(file.replace(/wxml$/, "js"));
    const named = /screen\("(\w+)"/.exec(script) || /section\("(\w+)"\)/.exec(script);
    const words = new Set([...read(file).matchAll(/\bt\.(\w+)/g)].map((found) => found[1]));
    for (const word of words) assert.ok(named && (known(`${named[1]}.${word}`) || known(`common.${word}`)), `${short(file)}: ${word}`);
  }
});

test("every page has a title", () => {
  for (const file of files(".js")) {
    const named = /screen\("(\w+)"/.exec(read(file));
    if (named) assert.ok(known(`${named[1]}.title`), short(file));
  }
});

test("every word that a script asks for is there", () => {
  for (const file of files(".js")) {
    for (const [, name] of read(file).matchAll(/\bt\("([a-z_]+\.[\w-]+)"/g)) assert.ok(known(name), `${short(file)}: ${name}`);
    for (const [, start] of read(file).matchAll(/\bt\(`([a-z_]+\.\w*)\$\{/g)) assert.ok([...all.en.keys()].some((name) => name.startsWith(start)), `${short(file)}: ${start}`);
    for (const [, section] of read(file).matchAll(/\bword\("([a-z_]+)"/g)) assert.ok([...all.en.keys()].some((name) => name.startsWith(`${section}.`)), `${short(file)}: ${section}`);
  }
});

test("no word is there that nobody says", () => {
  const text = [...files(".js"), ...files(".wxml")].filter((file) => !short(file).startsWith("lib/texts/")).map(read).join("\n");
  const bySection = /word\("(\w+)"/g;
  const wholly = new Set([...text.matchAll(bySection)].map((found) => found[1]).concat("common"));
  const asked = new Set([...text.matchAll(/\bt\.(\w+)/g)].map((found) => found[1]));
  const begun = [...text.matchAll(/`([a-z_]+\.\w*)\$\{/g)].map((found) => found[1]);
  const idle = [...all.en.keys()].filter((name) => {
    const [section, word] = name.split(".");
    return !wholly.has(section) && !asked.has(word) && word !== "title" && !text.includes(`"${name}"`) && !begun.some((start) => name.startsWith(start))
      && !["tabs", "privacy"].includes(section);
  });
  assert.deepEqual(idle, []);
});

test("what is sent back by the server as a code has its word", () => {
  const codes = ["missing_check_out", "shared_device", "overlap", "late", "disputed"];
  for (const code of codes) assert.ok(known(`flag.${code}`), code);
});

test("one is one and many are many", () => {
  assert.equal(fill("{n} {n?event:events}", { n: 1 }), "1 event");
  assert.equal(fill("{n} {n?event:events}", { n: 0 }), "0 events");
  assert.equal(t("no.such"), "no.such");
});
