// The phone itself: where it is, its network, its buzz, its clipboard, its type size.
import { say } from "../words.js";

const SDK = "3.7.0";

export function getAppBaseInfo() {
  const root = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return {
    SDKVersion: SDK, language: navigator.language.replace("-", "_"), theme: "light", version: "8.0.0",
    fontSizeSetting: Math.round((17 * root) / 16), fontSizeScaleFactor: root / 16,
  };
}

export const getWindowInfo = () => ({
  windowWidth: document.getElementById("pages").clientWidth, windowHeight: innerHeight, pixelRatio: devicePixelRatio, statusBarHeight: 0,
});

/** A door of the demo says where its phone is (`at=latitude,longitude`); otherwise the browser is asked. */
export const makeGetLocation = (at) => async () => {
  const place = at || (await new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), (error) => reject(new Error(error.code === 1 ? "auth deny" : error.message)),
      { timeout: 5000, maximumAge: 60000 });
  }));
  return { latitude: place.latitude, longitude: place.longitude, accuracy: place.accuracy, speed: -1, horizontalAccuracy: place.accuracy };
};

export const getNetworkType = async () => ({ networkType: navigator.onLine ? "wifi" : "none" });

export function onNetworkStatusChange(listener) {
  addEventListener("online", () => listener({ isConnected: true, networkType: "wifi" }));
  addEventListener("offline", () => listener({ isConnected: false, networkType: "none" }));
}

// A browser refuses to buzz before the first touch, and says so in the console.
async function buzz(ms) {
  if (!navigator.vibrate || !navigator.userActivation?.hasBeenActive) throw new Error("not supported");
  navigator.vibrate(ms);
}

export const vibrateShort = () => buzz(15);
export const vibrateLong = () => buzz(400);

export async function setClipboardData({ data }, showToast) {
  await navigator.clipboard.writeText(data);
  showToast({ title: say("copied") });
}

export async function notInABrowser() {
  throw new Error("not supported");
}

let lock;

export async function setKeepScreenOn({ keepScreenOn }) {
  if (!keepScreenOn) return lock?.release();
  if (document.visibilityState !== "visible" || !navigator.wakeLock) throw new Error("not supported");
  lock = await navigator.wakeLock.request("screen");
  return undefined;
}
