// What a scanner or a thumb gives, as the code that the server knows.
const TOKEN = /^[A-Za-z0-9_-]{9,64}$/;

/** The token in a link, in a mini program code's scene, or typed; "" where there is none. */
function tokenOf(text) {
  const said = String(text || "").trim();
  const linked = /\/c\/([A-Za-z0-9_-]+)/.exec(said);
  const plain = linked ? linked[1] : said.replace(/\s+/g, "");
  return TOKEN.test(plain) ? plain : "";
}

/** A coupon's code: its token, or its twelve digits however they were spaced. */
function couponCodeOf(text) {
  const digits = String(text || "").replace(/[\s-]+/g, "");
  return /^\d{12}$/.test(digits) ? digits : tokenOf(text);
}

/** The six digits under a venue's code, however they were spaced; "" where it is something else. */
function shortCodeOf(text) {
  const digits = String(text || "").replace(/[\s-]+/g, "");
  return /^\d{6}$/.test(digits) ? digits : "";
}

const KINDS = { I: "event", O: "event", P: "event", Q: "event", R: "resident", K: "resident", C: "coupon" };
const kindOf = (token) => KINDS[token[0]] || "";

module.exports = { couponCodeOf, kindOf, shortCodeOf, tokenOf };
