// The wx.* calls that the screens use, done with what a browser has, answering as WeChat documents.
import { readDoor } from "./door.js";
import { base64Of } from "./files.js";
import { call } from "./wx/answers.js";
import * as device from "./wx/device.js";
import { dialogs } from "./wx/dialogs.js";
import * as media from "./wx/media.js";
import { downloadFile, request, uploadFile } from "./wx/request.js";
import { scanCode } from "./wx/scan.js";
import { makeStorage } from "./wx/storage.js";
import { say, speak } from "./words.js";

async function logIn(door) {
  if (!door.name) throw new Error("not in WeChat");
  return { code: `demo:${door.name}` };
}

// Each asking gives a right to one message for each template that is accepted; here a person is asked by the browser's own dialog.
async function requestSubscribeMessage({ tmplIds }) {
  if (!Array.isArray(tmplIds) || !tmplIds.length || tmplIds.length > 5) throw Object.assign(new Error("invalid tmplIds"), { errno: 20003 });
  const { confirm } = await dialogs.showModal({ title: say("notices"), content: tmplIds.join("\n") });
  return Object.fromEntries(tmplIds.map((id) => [id, confirm ? "accept" : "reject"]));
}

export function makeWx(screens) {
  const door = readDoor(location.search);
  const storage = makeStorage(door.name || "");
  const go = (name, act) => call(name, async (options) => act(options));
  let refreshed;
  const wx = {
    ...storage,
    ...dialogs,
    setStorageSync(key, value) {
      storage.setStorageSync(key, value);
      if (key === "language") speak(value);
    },
    request, uploadFile, downloadFile,
    login: call("login", () => logIn(door)),
    scanCode: call("scanCode", scanCode),
    getLocation: call("getLocation", device.makeGetLocation(door.at)),
    requestSubscribeMessage: call("requestSubscribeMessage", requestSubscribeMessage),
    getAppBaseInfo: device.getAppBaseInfo,
    getWindowInfo: device.getWindowInfo,
    getNetworkType: call("getNetworkType", device.getNetworkType),
    onNetworkStatusChange: device.onNetworkStatusChange,
    vibrateShort: call("vibrateShort", device.vibrateShort),
    vibrateLong: call("vibrateLong", device.vibrateLong),
    setKeepScreenOn: call("setKeepScreenOn", device.setKeepScreenOn),
    getScreenBrightness: call("getScreenBrightness", device.notInABrowser),
    setScreenBrightness: call("setScreenBrightness", device.notInABrowser),
    setClipboardData: call("setClipboardData", (options) => device.setClipboardData(options, dialogs.showToast)),
    chooseMedia: call("chooseMedia", media.chooseMedia),
    previewImage: call("previewImage", media.previewImage),
    openDocument: call("openDocument", media.openDocument),
    createInnerAudioContext: media.createInnerAudioContext,
    arrayBufferToBase64: base64Of,
    navigateTo: go("navigateTo", ({ url }) => screens.navigateTo(url)),
    redirectTo: go("redirectTo", ({ url }) => screens.redirectTo(url)),
    reLaunch: go("reLaunch", ({ url }) => screens.reLaunch(url)),
    switchTab: go("switchTab", ({ url }) => screens.switchTab(url)),
    navigateBack: go("navigateBack", ({ delta }) => screens.navigateBack(delta)),
    setNavigationBarTitle: go("setNavigationBarTitle", ({ title }) => screens.setTitle(title)),
    pageScrollTo: go("pageScrollTo", (options) => screens.scrollTo(options)),
    stopPullDownRefresh: go("stopPullDownRefresh", () => refreshed?.()),
  };
  watchPull(screens, (done) => { refreshed = done; });
  speak(storage.getStorageSync("language") || (/^zh/i.test(navigator.language) ? "zh-CN" : "en"));
  return wx;
}

const FAR_ENOUGH_PX = 70;

const isAtTop = (screens) => screens.top.element.scrollTop === 0;

// Pulling down at the top, or the button that a mouse has instead.
function watchPull(screens, started) {
  const button = document.getElementById("refresh");
  let from = null;
  const refresh = () => {
    if (button.hidden) return;
    document.body.classList.add("refreshing");
    started(() => document.body.classList.remove("refreshing"));
    screens.tell("onPullDownRefresh");
  };
  button.addEventListener("click", refresh);
  addEventListener("touchstart", (event) => { from = isAtTop(screens) ? event.touches[0].clientY : null; }, { passive: true });
  addEventListener("touchend", (event) => {
    if (from !== null && isAtTop(screens) && event.changedTouches[0].clientY - from > FAR_ENOUGH_PX) refresh();
  }, { passive: true });
}
