// The app opens a page with #token=<access token>: it never reaches a server's log, and leaves the address bar at once.
const NAME = "linli_access_token";

function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(NAME, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(NAME);
}

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || String(status));
    this.status = status;
    this.code = problem.code;
  }
}

async function get(path) {
  const headers = { Authorization: `Bearer ${takeToken() || ""}`, "Accept-Language": navigator.language || "zh-CN" };
  const answer = await fetch(`/api/v1${path}`, { headers, cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

export async function getJson(path) {
  return (await get(path)).json();
}

export async function getPicture(path) {
  return `data:image/svg+xml,${encodeURIComponent(await (await get(path)).text())}`;
}

export function say(sentence) {
  const notice = document.getElementById("notice");
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

export function explain(error) {
  if (error instanceof Refused && error.status === 401) {
    say("登录已过期，请从小程序或后台重新打开本页。 Signed out: please open this page again from the app.");
  } else if (error instanceof Refused) {
    say(error.message);
  } else {
    say("没有网络，正在重试；可改刷居民码。 No network, trying again; residents' codes can be scanned meanwhile.");
  }
}

export function show(id, text) {
  document.getElementById(id).textContent = text;
}

export function period(event) {
  const form = new Intl.DateTimeFormat("zh-CN", { dateStyle: "full", timeStyle: "short", timeZone: "Asia/Shanghai" });
  const end = new Intl.DateTimeFormat("zh-CN", { timeStyle: "short", timeZone: "Asia/Shanghai" });
  return `${form.format(new Date(event.starts_at))} – ${end.format(new Date(event.ends_at))}`;
}
