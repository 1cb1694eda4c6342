// The one place that knows where the server is: the browser's own origin, or the domain that WeChat's console lists.
const SERVER = "https://linli.example";
const isBrowser = typeof location !== "undefined" && typeof document !== "undefined";

const ORIGIN = isBrowser ? location.origin : SERVER;

module.exports = {
  BASE: `${ORIGIN}/api/v1`,
  IS_BROWSER: isBrowser,
  ORIGIN,
  PRIVACY_VERSION: "1",
  TIMEOUT_MS: 10000,
};
