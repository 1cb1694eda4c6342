// A button with open-type="getPhoneNumber": WeChat asks the person, and gives a code that only its server can read.
import { fire } from "./events.js";
import { say } from "./words.js";

export function listenForPhoneNumbers(door, wx) {
  document.getElementById("pages").addEventListener("click", async (event) => {
    if (!event.target.closest?.('button[open-type="getPhoneNumber"]:not([disabled])')) return;
    const { confirm } = await wx.showModal({ title: say("phone"), confirmText: say("allow"), cancelText: say("deny") });
    const answer = confirm && door.name ? { errMsg: "getPhoneNumber:ok", code: `demo-phone:${door.name}` } : { errMsg: "getPhoneNumber:fail user deny" };
    fire(event, "getphonenumber", answer);
  });
}
