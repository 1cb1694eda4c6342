// What a scanner or a thumb gives, as the code that the server knows.
const TOKEN = /^[A-Za-z0-9_-]{9,64}$/;

/** The token in a link, in a mini program code's scene, or typed; "" where there is none. */
function tokenOf(text) {
  const said = String(text || "").trim();
  const linked = /(?:\/c\/|[?&]scene=)([A-Za-z0-9_-]+)/.exec(said);
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

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The offer that a mini program code's scene names: `F`, then its id's sixteen bytes in base64url. */
function offerOf(scene) {
  const said = /^F([A-Za-z0-9_-]{22})$/.exec(String(scene || ""));
  if (!said) return "";
  const bits = [...said[1]].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(6, "0")).join("");
  const hex = (bits.slice(0, 128).match(/.{4}/g)).map((four) => parseInt(four, 2).toString(16)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const KINDS = { I: "event", O: "event", P: "event", Q: "event", R: "resident", K: "resident", C: "coupon" };
const kindOf = (token) => KINDS[token[0]] || "";

/** The page that a mini program code's scene opens: an event's poster checks in, an offer's code shows the offer; "" for another scene. */
function pageOf(scene) {
  const token = tokenOf(scene);
  const offer = offerOf(token);
  if (offer) return `/pages/offer/offer?id=${offer}`;
  return kindOf(token) === "event" ? `/pages/check-in/check-in?scene=${token}` : "";
}

module.exports = { couponCodeOf, kindOf, offerOf, pageOf, shortCodeOf, tokenOf };
