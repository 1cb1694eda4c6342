// Everything works without this. It folds the menu on a phone, leads to what was wrong, takes a second click for the first, and brings back
// what was typed when the session had ended.
const menu = document.getElementById("menu");
if (menu && matchMedia("(max-width: 56rem)").matches) menu.open = false;

document.querySelector("[data-focus]")?.focus();

// What an act said of itself is said once, not with every reload.
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}

// What was sent waits in this tab until it was answered: after a session that had ended, for the next page of the same person, and for nobody else.
const UNSENT = "linli:unsent";
const { person } = document.body.dataset;
const typedIn = (form) => [...form.elements].filter((it) => it.name && !["hidden", "password", "file"].includes(it.type));
const isChoice = (it) => ["radio", "checkbox"].includes(it.type);

function keep(form) {
  const values = typedIn(form).filter((it) => !isChoice(it) || it.checked).map((it) => [it.name, it.value]);
  if (person && values.length) sessionStorage.setItem(UNSENT, JSON.stringify({ person, action: form.getAttribute("action"), values }));
}

function bringBack({ action, values }) {
  const form = [...document.querySelectorAll("form[data-once]")].find((it) => it.getAttribute("action") === action);
  if (!form) return;
  for (const it of typedIn(form)) {
    const given = values.filter(([name]) => name === it.name).map(([, value]) => value);
    if (isChoice(it)) it.checked = given.includes(it.value);
    else if (given.length) [it.value] = given;
  }
  if (form.closest("details")) form.closest("details").open = true;
  const note = document.querySelector("[data-unsent]");
  note.hidden = false;
  form.prepend(note);
  note.focus();
}

const unsent = JSON.parse(sessionStorage.getItem(UNSENT));
if (person) sessionStorage.removeItem(UNSENT);
if (unsent && person === unsent.person && unsent.hasEnded) bringBack(unsent);
if (unsent && document.querySelector("[data-ended]")) sessionStorage.setItem(UNSENT, JSON.stringify({ ...unsent, hasEnded: true }));

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    keep(form);
    form.querySelector("button")?.setAttribute("aria-disabled", "true");
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("button")?.removeAttribute("aria-disabled");
  }
});

// On paper the numbers stand below each picture.
addEventListener("beforeprint", () => document.querySelectorAll(".numbers").forEach((it) => { it.open = true; }));
