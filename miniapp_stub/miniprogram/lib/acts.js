// One key for one act, kept until the server has answered it: also when the page is left, and when the app is closed.
const store = require("./store");

const LASTS_MS = 47 * 3600 * 1000; // the server remembers a key for 48 hours

function random() {
  let text = "";
  while (text.length < 24) text += Math.random().toString(36).slice(2);
  return text.slice(0, 24);
}

const newKey = () => `${Date.now().toString(36)}-${random()}`;

function live() {
  const oldest = Date.now() - LASTS_MS;
  return Object.fromEntries(Object.entries(store.read("acts", {})).filter(([, act]) => act.at > oldest));
}

const nameOf = (method, path, body) => `${method} ${path} ${JSON.stringify(body || {})}`;

/** The key of this act: the one it had if it was begun and never answered. */
function keyFor(method, path, body) {
  const acts = live();
  const name = nameOf(method, path, body);
  acts[name] = acts[name] || { key: newKey(), at: Date.now() };
  store.write("acts", acts);
  return acts[name].key;
}

function answered(method, path, body) {
  const acts = live();
  delete acts[nameOf(method, path, body)];
  store.write("acts", acts);
}

module.exports = { answered, keyFor, newKey };
