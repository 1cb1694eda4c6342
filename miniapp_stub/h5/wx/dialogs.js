// Toast, loading, modal and action sheet. A modal is the browser's own <dialog>, so that focus and Escape are right.
import { say } from "../words.js";
import { call } from "./answers.js";

const toast = document.getElementById("toast");
let timer;

function showToast({ title, duration = 1500, mask = false }) {
  toast.textContent = title;
  toast.hidden = false;
  document.body.classList.toggle("masked", mask);
  clearTimeout(timer);
  if (duration !== Infinity) timer = setTimeout(hideToast, duration);
}

function hideToast() {
  toast.hidden = true;
  document.body.classList.remove("masked");
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function ask(fill) {
  const dialog = document.createElement("dialog");
  dialog.className = "wx-dialog";
  return new Promise((resolve) => {
    const answer = (value) => { dialog.close(); dialog.remove(); resolve(value); };
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); answer(null); });
    fill(dialog, answer);
    document.body.append(dialog);
    dialog.showModal();
  });
}

function button(text, className, press) {
  const made = element("button", text, className);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

async function showModal({ title = "", content = "", showCancel = true, cancelText = say("cancel"), confirmText = say("ok") }) {
  const confirmed = await ask((dialog, answer) => {
    if (title) dialog.append(element("h2", title));
    if (content) dialog.append(element("p", content));
    const row = element("div", "", "wx-dialog-row");
    if (showCancel) row.append(button(cancelText, "", () => answer(false)));
    row.append(button(confirmText, "wx-confirm", () => answer(true)));
    dialog.append(row);
  });
  return { confirm: confirmed === true, cancel: confirmed !== true };
}

async function showActionSheet({ itemList }) {
  const chosen = await ask((dialog, answer) => {
    dialog.classList.add("wx-action-sheet");
    itemList.forEach((text, index) => dialog.append(button(text, "", () => answer(index))));
    dialog.append(button(say("cancel"), "wx-cancel", () => answer(null)));
  });
  if (chosen === null) throw new Error("cancel");
  return { tapIndex: chosen };
}

export const dialogs = {
  showToast: call("showToast", showToast),
  hideToast: call("hideToast", hideToast),
  showLoading: call("showLoading", ({ title, mask }) => showToast({ title, mask, duration: Infinity })),
  hideLoading: call("hideLoading", hideToast),
  showModal: call("showModal", showModal),
  showActionSheet: call("showActionSheet", showActionSheet),
};
