// One key for one act, kept until the server has answered it: also when the page is left, and when the app is closed.
const store = require("./store");

const LASTS_MS = 47 * 3600 * 1000; // the server remembers a key for 48 hours
const sent = {}; // of an untold act what was sent, as long as the app is open; null where it was not the same each time, or is not known any more

function random() {
  let text = "";
  while (text.length < 24) text += Math.random().toString(36).slice(2);
  return text.slice(0, 24);
}

const newKey = () => `${Date.now().toString(36)}-${random()}`;

/** Tells one text from another: what was written is not kept in the phone to know an act again. */
function digest(text) {
  let [one, two] = [0x811c9dc5, 0x9747b28c];
  for (let at = 0; at < text.length; at += 1) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x01000193);
    two = Math.imul(two ^ text.charCodeAt(at), 0x85ebca6b) ^ (two >>> 13);
  }
  return `${(one >>> 0).toString(36)}${(two >>> 0).toString(36)}`;
}

function live() {
  const oldest = Date.now() - LASTS_MS;
  return Object.fromEntries(Object.entries(store.read("acts", {})).filter(([, act]) => act.at > oldest));
}

/**
 * An act with its key: the one it had if it was begun and never answered. Of what is `untold` the phone keeps no digest either, from which few
 * answers could be guessed: whatever is sent to the same path is the same act until it is answered, and `isKnown` says whether it was each time
 * the same that was sent.
 */
function begun(method, path, body, untold) {
  const acts = live();
  const said = JSON.stringify(body || {});
  const name = untold ? `${method} ${path}` : `${method} ${path} ${digest(said)}`;
  if (untold) sent[name] = !acts[name] || sent[name] === said ? said : null;
  acts[name] = acts[name] || { key: newKey(), at: Date.now() };
  store.write("acts", acts);
  return { name, key: acts[name].key, isKnown: !untold || sent[name] === said };
}

function answered({ name }) {
  const acts = live();
  delete acts[name];
  delete sent[name];
  store.write("acts", acts);
}

module.exports = { answered, begun, newKey };
