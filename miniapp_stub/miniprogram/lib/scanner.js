const { t } = require("./i18n");
const { Problem } = require("./problem");

/** What the camera read; null where the person went back. */
const scan = () => new Promise((resolve, reject) => wx.scanCode({
  onlyFromCamera: false,
  scanType: ["qrCode", "wxCode"],
  success: ({ result, path }) => resolve(path ? decodeURIComponent(path) : result),
  fail: ({ errMsg }) => (/cancel/.test(errMsg) ? resolve(null) : reject(new Problem(-1, { code: "no_camera", detail: t("problem.no_camera") }))),
}));

module.exports = { scan };
