// The host's own words: what WeChat itself says to a person.
const WORDS = {
  "zh-CN": {
    ok: "确定", cancel: "取消", back: "返回", home: "首页", refresh: "刷新", scan: "对准二维码", album: "从相册选择", copied: "内容已复制",
    no_camera: "无法使用相机。请从相册选择图片，或返回后手动输入。", no_code: "图片里没有找到二维码", link: "链接已复制，可以发给别人", open_page: "打开这一页", notices: "邻里想给您发送通知",
    phone: "邻里申请使用您的手机号", allow: "允许", deny: "不允许",
  },
  en: {
    ok: "OK", cancel: "Cancel", back: "Back", home: "Home", refresh: "Refresh", scan: "Hold the code in view", album: "Choose a picture",
    copied: "Copied", no_camera: "The camera cannot be used. Choose a picture, or go back and type the code.", no_code: "No code was found in this picture",
    link: "The link is copied; send it to anyone", open_page: "Open this page", notices: "Linli would like to send you notices",
    phone: "Linli asks for your phone number", allow: "Allow", deny: "Not now",
  },
};

let spoken = /^zh/i.test(navigator.language) ? "zh-CN" : "en";

export const say = (word) => WORDS[spoken][word];

export function speak(language) {
  spoken = language in WORDS ? language : "zh-CN";
  document.documentElement.lang = spoken;
  document.getElementById("back").setAttribute("aria-label", say("back"));
  document.getElementById("refresh").setAttribute("aria-label", say("refresh"));
}
