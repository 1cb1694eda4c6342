// What the browser notices becomes what a mini program is told: a click is a tap, and details have WeChat's shape.
import { Event } from "./gen/glass_easel.js";

const BUBBLES = { bubbles: true, composed: true };

export function fire(dom, type, detail, options = {}) {
  let node = dom.target;
  while (node && !node.__wxElement) node = node.parentNode;
  if (node) Event.triggerEvent(node.__wxElement, type, detail, options);
}

const typed = (dom) => ({ value: dom.target.value, cursor: dom.target.selectionStart ?? 0 });

export function listen(root) {
  root.addEventListener("click", (dom) => {
    if (!dom.target.closest?.("[disabled]")) fire(dom, "tap", { x: dom.pageX, y: dom.pageY }, BUBBLES);
  });
  root.addEventListener("input", (dom) => fire(dom, "input", typed(dom)));
  root.addEventListener("change", (dom) => fire(dom, "change", { value: dom.target.value, checked: dom.target.checked }));
  root.addEventListener("focusout", (dom) => { if ("value" in dom.target) fire(dom, "blur", typed(dom)); });
  root.addEventListener("keydown", (dom) => {
    if (dom.key === "Enter" && dom.target.tagName === "INPUT") fire(dom, "confirm", typed(dom));
  });
  new MutationObserver(follow).observe(root, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["value", "checked", "type", "selected"],
  });
}

// An attribute says what a control starts with; a mini program expects it to say what the control shows.
function follow(changes) {
  for (const change of changes) {
    if (change.type === "attributes") dress(change.target);
    else for (const added of change.addedNodes) if (added.querySelectorAll) [added, ...added.querySelectorAll("input, textarea, option")].forEach(dress);
  }
}

const KEYBOARDS = { number: "numeric", digit: "decimal", idcard: "text" };

function dress(control) {
  if (control.tagName === "OPTION") control.selected = control.hasAttribute("selected");
  if (!("value" in control) || control.tagName === "OPTION" || control.tagName === "BUTTON") return;
  const kind = control.getAttribute("type");
  if (control.tagName === "INPUT" && kind in KEYBOARDS) {
    control.inputMode = KEYBOARDS[kind];
    control.type = "text";
  }
  if (kind === "checkbox") control.checked = control.hasAttribute("checked");
  else if (control.hasAttribute("value") && control.value !== control.getAttribute("value")) control.value = control.getAttribute("value");
}
