// The one place that knows where the server is: the browser's own origin, or the domain that WeChat's console lists.
const SERVER = "https://linli.example";
const isBrowser = typeof location !== "undefined" && typeof document !== "undefined";

module.exports = {
  BASE: `${isBrowser ? location.origin : SERVER}/api/v1`,
  PRIVACY_VERSION: "1",
  TIMEOUT_MS: 10000,
};
