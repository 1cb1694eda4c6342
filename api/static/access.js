// The app opens a page with #token=<access token>: it never reaches a server's log, and leaves the address bar at once.
// A screen that stays on gets &refresh=<refresh token> too, of a sign-in made for it alone.
const TOKENS = { token: "linli_access_token", refresh: "linli_refresh_token" };
const PATIENCE_MS = 8000;
const language = document.documentElement.lang;
let renewing = null;

function takeTokens() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!given.get("token")) return;
  for (const [name, kept] of Object.entries(TOKENS)) keep(kept, given.get(name));
  history.replaceState(null, "", location.pathname + location.search);
}

function keep(name, value) {
  if (value) sessionStorage.setItem(name, value);
  else sessionStorage.removeItem(name);
}

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || String(status));
    this.status = status;
    this.code = problem.code;
  }
}

async function ask(path, options = {}) {
  const headers = { "Accept-Language": language, ...options.headers };
  const answer = await fetch(`/api/v1${path}`, { ...options, headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

function askSignedIn(path) {
  return ask(path, { headers: { Authorization: `Bearer ${sessionStorage.getItem(TOKENS.token) || ""}` } });
}

async function get(path) {
  try {
    return await askSignedIn(path);
  } catch (error) {
    if (error.code !== "access_token_expired" || !sessionStorage.getItem(TOKENS.refresh)) throw error;
    renewing ??= renew().finally(() => { renewing = null; });
    await renewing;
    return askSignedIn(path);
  }
}

// A refresh token is spent by use: requests that find the sign-in expired together share one renewal.
async function renew() {
  const body = JSON.stringify({ refresh_token: sessionStorage.getItem(TOKENS.refresh) });
  const given = await (await ask("/auth/refresh", { method: "POST", headers: { "Content-Type": "application/json" }, body })).json();
  keep(TOKENS.token, given.access_token);
  keep(TOKENS.refresh, given.refresh_token);
}

export async function getJson(path) {
  return (await get(path)).json();
}

export async function getText(path) {
  return (await get(path)).text();
}

export async function getPicture(path) {
  return `data:image/svg+xml,${encodeURIComponent(await getText(path))}`;
}

export async function getDrawn(path) {
  const bytes = new Uint8Array(await (await get(path)).arrayBuffer());
  return `data:image/png;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
}

export function say(sentence) {
  const notice = document.getElementById("notice");
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

export function explain(error) {
  const { signedOut, offline } = document.getElementById("notice").dataset;
  if (!(error instanceof Refused)) say(offline);
  else say(error.status === 401 ? signedOut : error.message);
}

export function show(id, text) {
  document.getElementById(id).textContent = text;
}

// "6 May 2026, 12:00 – 14:00" in the page's language; the second day too, where it is another.
export function period(event) {
  const form = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    year: "numeric", month: "long", day: "numeric", weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" });
  return form.formatRange(new Date(event.starts_at), new Date(event.ends_at));
}

// Pages that are printed: show what the API gives, and once more when the network is back.
export function sheet(load) {
  const showAll = () => load().then(() => say(""), explain);
  document.getElementById("print").addEventListener("click", () => window.print());
  window.addEventListener("online", showAll);
  return showAll();
}

takeTokens();
