// What a scanner, a thumb or a mini program code's scene gives, and where it leads.
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { pageOf, shortCodeOf, tokenOf } = require("../miniprogram/lib/codes");

test("a token is found in a link and in a mini program code's path", () => {
  for (const text of ["P5_abcdefg", "http://x/c/P5_abcdefg", "pages/home/home?scene=P5_abcdefg", "?scene=P5_abcdefg"]) assert.equal(tokenOf(text), "P5_abcdefg", text);
});

test("six digits are a short code however they are spaced, and nothing else is", () => {
  assert.deepEqual(["123 456", "123456", "12345", "1234567", "P12345", ""].map(shortCodeOf), ["123456", "123456", "", "", "", ""]);
});

test("an event's scene checks in, an offer's opens the offer, another opens nothing", () => {
  assert.equal(pageOf("P5_abcdefg"), "/pages/check-in/check-in?scene=P5_abcdefg");
  assert.equal(pageOf("FAZk9hJt0cQCkWf6jyl2Yjw"), "/pages/offer/offer?id=01993d84-9b74-7100-a459-fea3ca5d988f");
  assert.deepEqual([pageOf(""), pageOf(undefined), pageOf("Rabcdefgh")], ["", "", ""]);
});
