// A button with open-type="share" asks its page what to share; here the link goes to the clipboard, to be sent anywhere.
import { say } from "./words.js";

export function listenForShares(screens, wx) {
  document.getElementById("pages").addEventListener("click", (event) => {
    if (!event.target.closest?.('button[open-type="share"]')) return;
    const { path } = screens.tell("onShareAppMessage", { from: "button" }) || { path: screens.top.url };
    navigator.clipboard.writeText(`${location.origin}${location.pathname}#${path}`).then(
      () => wx.showToast({ title: say("link"), duration: 2500 }), () => {});
  });
}
