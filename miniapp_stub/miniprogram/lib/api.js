// Every request to the server: signed in, in the person's language, tried once more where that is harmless.
const acts = require("./acts");
const config = require("./config");
const { language, t } = require("./i18n");
const { Problem, offline } = require("./problem");
const session = require("./session");
const store = require("./store");

const PAUSE_MS = 600;
const KEPT_MOST = 60;
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

function deviceId() {
  if (!store.read("device", null)) store.write("device", acts.newKey());
  return store.read("device");
}

function send({ method, path, data, header, responseType }) {
  return new Promise((resolve, reject) => wx.request({
    url: config.BASE + path, method, data, header, responseType, timeout: config.TIMEOUT_MS, success: resolve, fail: () => reject(offline()),
  }));
}

const headerOf = (answer, name) => {
  const found = Object.keys(answer.header || {}).find((each) => each.toLowerCase() === name);
  return found && answer.header[found];
};

async function attempt(request, stale) {
  const token = await session.accessToken(stale);
  const header = { Authorization: `Bearer ${token}`, "Accept-Language": language(), "X-Device-ID": deviceId(), ...request.header };
  const answer = await send({ ...request, header });
  if (answer.statusCode === 401 && stale === undefined) return attempt(request, token);
  return answer;
}

const isPassing = (status) => status === 503 || status === 429;

/** One try, and one more where the first was lost on the way or the server was busy and nothing can happen twice. */
async function tried(request, isHarmless) {
  try {
    const answer = await attempt(request);
    const wait = Number(headerOf(answer, "retry-after") || 1);
    if (!isPassing(answer.statusCode) || !isHarmless || wait > 3) return answer;
    await pause(wait * 1000);
  } catch (problem) {
    if (!isHarmless || problem.status !== 0) throw problem;
    await pause(PAUSE_MS);
  }
  return attempt(request);
}

function textOf(buffer) {
  return decodeURIComponent(Array.from(new Uint8Array(buffer), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
}

function bodyOf(answer) {
  if (!(answer.data instanceof ArrayBuffer)) return answer.data;
  try {
    return JSON.parse(textOf(answer.data));
  } catch (error) {
    return {};
  }
}

async function ask(request, isHarmless) {
  const answer = await tried(request, isHarmless);
  if (answer.statusCode >= 400) throw new Problem(answer.statusCode, typeof bodyOf(answer) === "object" ? bodyOf(answer) : {});
  return answer;
}

function withQuery(path, query = {}) {
  const parts = Object.keys(query).filter((name) => query[name] !== undefined && query[name] !== null && query[name] !== "")
    .map((name) => `${name}=${encodeURIComponent(query[name])}`);
  return parts.length ? `${path}?${parts.join("&")}` : path;
}

/** Read; what was read last is given, marked `stale`, where there is no network. */
async function get(path, query) {
  const full = withQuery(path, query);
  const name = `${language()} ${full}`;
  try {
    const { data } = await ask({ method: "GET", path: full }, true);
    keep(name, data);
    return data;
  } catch (problem) {
    const kept = store.read("kept", {})[name];
    if (!problem.isOffline || !kept) throw problem;
    return { ...kept.data, stale: kept.at };
  }
}

function keep(name, data) {
  const kept = store.read("kept", {});
  kept[name] = { at: Date.now(), data };
  const names = Object.keys(kept).sort((a, b) => kept[b].at - kept[a].at);
  for (const old of names.slice(KEPT_MOST)) delete kept[old];
  try {
    store.write("kept", kept);
  } catch (error) {
    store.forget("kept"); // full: begin again
  }
}

/** Every page of a list, as far as `most` items. */
async function all(path, query, most = 300) {
  const items = [];
  let cursor;
  let stale;
  do {
    const page = await get(path, { limit: 100, ...query, cursor });
    items.push(...page.items);
    cursor = page.next_cursor;
    stale = stale || page.stale;
  } while (cursor && items.length < most);
  return { items, stale, more: Boolean(cursor) };
}

/**
 * Change something. Where the server wants an Idempotency-Key (`once`), an act begun and not answered keeps its own. Of what is `untold` nothing
 * that was sent stays in the phone; `sent_before` where the answer may be about something else that was sent before: this was not taken then.
 */
async function post(path, body = {}, { once = false, untold = false } = {}) {
  if (!once && !untold) return (await ask({ method: "POST", path, data: body }, false)).data;
  const act = acts.begun("POST", path, body, untold);
  try {
    const answer = await ask({ method: "POST", path, data: body, header: { "Idempotency-Key": act.key } }, true);
    if (!act.isKnown && headerOf(answer, "idempotency-replayed")) throw new Problem(409, { code: "sent_before", detail: t("problem.sent_before") });
    acts.answered(act);
    return answer.data;
  } catch (problem) {
    if (problem.status >= 400 && problem.status < 500 && problem.code !== "request_in_progress") acts.answered(act);
    throw problem;
  }
}

/** Change fields of something that was just read; somebody else's change meanwhile is refused, not overwritten. */
async function put(path, changes) {
  const before = await ask({ method: "GET", path }, true);
  return (await ask({ method: "PUT", path, data: changes, header: { "If-Match": headerOf(before, "etag") } }, false)).data;
}

const remove = (path) => ask({ method: "DELETE", path }, true);

/** A picture that only a signed-in person may see, as something that <image> can show. */
async function picture(path, kind = "image/png") {
  const answer = await ask({ method: "GET", path, responseType: "arraybuffer" }, true);
  return `data:${(headerOf(answer, "content-type") || kind).split(";")[0]};base64,${wx.arrayBufferToBase64(answer.data)}`;
}

async function transfer(name, options, stale) {
  const token = await session.accessToken(stale);
  const header = { Authorization: `Bearer ${token}`, "Accept-Language": language() };
  const answer = await new Promise((resolve, reject) => wx[name]({ ...options, header, success: resolve, fail: () => reject(offline()) }));
  if (answer.statusCode < 400) return answer;
  if (answer.statusCode === 401 && stale === undefined) return transfer(name, options, token);
  throw new Problem(answer.statusCode, answer.data ? JSON.parse(answer.data) : {});
}

async function upload(path, filePath) {
  return JSON.parse((await transfer("uploadFile", { url: config.BASE + path, filePath, name: "file" })).data);
}

const download = async (path) => (await transfer("downloadFile", { url: config.BASE + path })).tempFilePath;

module.exports = { all, download, get, picture, post, put, remove, upload };
