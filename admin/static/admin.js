// Everything works without this. It folds the menu on a phone, leads to what was wrong, and takes a second click for the first.
const menu = document.getElementById("menu");
if (menu && matchMedia("(max-width: 56rem)").matches) menu.open = false;

document.querySelector("[data-focus]")?.focus();

// What an act said of itself is said once, not with every reload.
const address = new URL(location.href);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
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
