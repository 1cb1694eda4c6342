// Who is signed in. Signing in happens once, silently again when it has lapsed, and never twice at a time.
const config = require("./config");
const { language, t } = require("./i18n");
const { Problem, offline } = require("./problem");
const store = require("./store");

const SPARE_MS = 30000;
let pending = null;

const current = () => store.read("session", null);
const person = () => (current() || {}).person || null;
const hasRole = (...roles) => Boolean(person() && person().roles.some((held) => roles.includes(held.role)));

function post(path, data) {
  return new Promise((resolve, reject) => wx.request({
    url: config.BASE + path, method: "POST", data, timeout: config.TIMEOUT_MS, header: { "Accept-Language": language() },
    success: (answer) => (answer.statusCode < 400 ? resolve(answer.data) : reject(new Problem(answer.statusCode, answer.data))),
    fail: () => reject(offline()),
  }));
}

function keep(answer) {
  store.write("session", {
    access: answer.access_token, refresh: answer.refresh_token, ends: Date.now() + answer.expires_in * 1000 - SPARE_MS, person: answer.person,
  });
  return answer;
}

const loginCode = () => new Promise((resolve, reject) => wx.login({
  success: ({ code }) => resolve(code),
  fail: () => reject(new Problem(401, { code: "not_in_wechat", detail: t("problem.not_in_wechat") })),
}));

const byWeChat = async () => keep(await post("/auth/wechat", { code: await loginCode() }));
const byPassword = async (username, password, otp) => keep(await post("/auth/password", { username, password, ...(otp ? { otp } : {}) }));

function once(act) {
  if (!pending) pending = act().finally(() => { pending = null; });
  return pending;
}

async function renewed() {
  const { refresh } = current() || {};
  if (!refresh) return byWeChat();
  try {
    return keep(await post("/auth/refresh", { refresh_token: refresh }));
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    return byWeChat();
  }
}

/** A token that will do for the next request; `stale` is one that the server has just refused. */
async function accessToken(stale) {
  const held = current();
  if (held && held.access !== stale && held.ends > Date.now()) return held.access;
  return (await once(renewed)).access_token;
}

async function signOut() {
  const { refresh } = current() || {};
  store.forgetPerson();
  if (refresh) await post("/auth/logout", { refresh_token: refresh }).catch(() => {}); // off line: it lapses by itself
}

/** Where a person's day begins. */
function landing() {
  if (hasRole("grid_worker", "area_admin")) return "/grid/area/area";
  if (hasRole("merchant_owner", "merchant_clerk")) return "/shop/till/till";
  return "/pages/home/home";
}

module.exports = { accessToken, byPassword, byWeChat: () => once(byWeChat), current, hasRole, landing, person, signOut };
