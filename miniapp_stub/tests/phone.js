// A phone for the tests: storage in memory, a server that answers what it is told, a clock of the real kind.
const ANSWER = { statusCode: 200, header: {}, data: {} };

function makePhone({ language = "zh_CN", code = "demo:li-na" } = {}) {
  const phone = { store: {}, requests: [], answers: [], online: true, listeners: [] };
  globalThis.wx = {
    getStorageSync: (key) => (key in phone.store ? JSON.parse(phone.store[key]) : ""),
    setStorageSync: (key, value) => { phone.store[key] = JSON.stringify(value); },
    removeStorageSync: (key) => { delete phone.store[key]; },
    getAppBaseInfo: () => ({ language, fontSizeScaleFactor: phone.scale || 1 }),
    login: ({ success, fail }) => (code ? success({ code }) : fail({ errMsg: "login:fail" })),
    onNetworkStatusChange: (listener) => phone.listeners.push(listener),
    arrayBufferToBase64: (bytes) => Buffer.from(bytes).toString("base64"),
    request: (asked) => setTimeout(() => {
      phone.requests.push(asked);
      const answer = phone.online ? phone.answer(asked) : null;
      if (answer === null) asked.fail({ errMsg: "request:fail" });
      else asked.success({ ...ANSWER, ...answer });
    }, 0),
  };
  phone.answer = (asked) => {
    if (/\/auth\//.test(asked.url)) return { data: signedIn(phone.requests.length) };
    return phone.answers.length ? phone.answers.shift() : {};
  };
  phone.asked = (part) => phone.requests.filter((request) => request.url.includes(part));
  return phone;
}

/** One of the pages, as WeChat or a browser would hold it, before it is shown. */
function openPage(path, query = {}) {
  const file = require.resolve(`../miniprogram/${path}`);
  let page;
  delete require.cache[file];
  globalThis.Page = (options) => { page = { ...options, setData(data, then) { Object.assign(this.data, data); if (then) then(); } }; };
  Object.assign(wx, { setNavigationBarTitle() {}, pageScrollTo() {}, showToast() {}, vibrateShort() {}, vibrateLong() {} });
  require(file);
  page.onLoad(query);
  return page;
}

const signedIn = (number) => ({
  access_token: `access-${number}`, refresh_token: `refresh-${number}`, expires_in: 900, person: { id: "1", display_name: "Li Na", roles: [] },
});

const problem = (status, code, more = {}) => ({ statusCode: status, data: { status, code, detail: `said ${code}`, ...more } });

const LOST = null;

module.exports = { LOST, makePhone, openPage, problem, signedIn };
