// Scans made without a network, kept on the phone with keys of their own and sent later; each is answered once.
const acts = require("./acts");
const api = require("./api");
const { problemOf } = require("./problem");
const store = require("./store");

const AT_ONCE = 200;
const SHOWN = 100;
let sending = null;

const waiting = () => store.read("scans", []);
const sent = () => store.read("sent", []);

/** What stays the same of a resident's code while it changes: its kind and whose it is. */
const whose = (token) => token.slice(0, 9);

/** Keep a scan; of the same resident at the same door one is enough, and the first is when they came. */
function add({ event_id, resident_token, direction }) {
  const same = waiting().find((each) => each.event_id === event_id && each.direction === direction && whose(each.resident_token) === whose(resident_token));
  if (same) return same;
  const scan = { key: acts.newKey(), scanned_at: new Date().toISOString(), event_id, resident_token, direction };
  store.write("scans", [...waiting(), scan]);
  return scan;
}

function settle(answers) {
  const done = new Map(answers.map((answer) => [answer.key, answer]));
  const results = waiting().filter((scan) => done.has(scan.key)).map((scan) => {
    const { status, problem, check_in } = done.get(scan.key);
    return {
      key: scan.key, event_id: scan.event_id, at: scan.scanned_at, ok: status < 300, detail: problem ? problem.detail : "",
      resident_id: check_in ? check_in.resident_id : null,
    };
  });
  store.write("scans", waiting().filter((scan) => !done.has(scan.key)));
  store.write("sent", [...results, ...sent()].slice(0, SHOWN));
  return results;
}

async function sendAll() {
  const results = [];
  while (waiting().length) {
    const items = waiting().slice(0, AT_ONCE);
    results.push(...settle((await api.post("/check-ins/batch", { items })).items));
  }
  return results;
}

/** Send what waits; one sending at a time. Off line it stays, and nobody is troubled. */
function send() {
  if (!waiting().length) return Promise.resolve([]);
  if (!sending) {
    sending = sendAll().catch((error) => {
      if (problemOf(error).isOffline) return [];
      throw error;
    }).finally(() => { sending = null; });
  }
  return sending;
}

module.exports = { add, send, sent, waiting };
