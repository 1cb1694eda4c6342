// The rotating code that was shown last: without a network it is shown again for as long as it lives.
const store = require("./store");

const keep = (path, picture, until) => store.write("code", { path, picture, until });

/** The one of this path, if it lives for this long yet. */
function last(path, spareMs = 0) {
  const kept = store.read("code", null);
  return kept && kept.path === path && kept.until > Date.now() + spareMs ? kept : null;
}

module.exports = { keep, last };
