// Shows the rotating code and fetches the next before it ends. What has ended is never left on the screen.
import { Refused, explain, getJson, getPicture, say, show } from "./access.js";

const { event: id } = document.body.dataset;
const code = document.getElementById("code");
const typed = document.getElementById("typed");
const { words } = document.getElementById("left").dataset;
const buttons = [...document.querySelectorAll("[data-direction]")];
let direction = "in";
let endsAt = 0;
let round = 0;
let timer;
let named = false;

async function name() {
  const event = await getJson(`/events/${id}`);
  show("title", event.title);
  show("place", event.place?.name || "");
  named = true;
}

async function refresh() {
  clearTimeout(timer);
  const mine = ++round;
  let wait;
  try {
    const shown = await getJson(`/events/${id}/code?direction=${direction}`);
    const picture = await getPicture(`/events/${id}/code.svg?direction=${direction}`);
    if (mine !== round) return;
    code.src = picture;
    code.hidden = false;
    show("digits", shown.short_code.replace(/(...)/, "$1 "));
    typed.hidden = false;
    endsAt = performance.now() + shown.refresh_after_s * 1000;
    wait = shown.refresh_after_s;
    say("");
    if (!named) name().catch(() => {}); // asked again with the next code
  } catch (error) {
    if (mine !== round) return;
    explain(error);
    const refused = error instanceof Refused && error.status < 500 && error.status !== 429;
    if (refused) hide();
    if (refused && error.status === 401) return;
    wait = refused ? 15 : 3;
  }
  timer = setTimeout(refresh, wait * 1000);
}

function hide() {
  code.hidden = true;
  typed.hidden = true;
  endsAt = 0;
}

function tick() {
  const seconds = Math.ceil((endsAt - performance.now()) / 1000);
  if (seconds <= -10) hide();
  show("left", endsAt && seconds > 0 ? words.replace("{seconds}", seconds) : "");
}

function choose(chosen) {
  direction = chosen;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.direction === chosen));
  hide();
  refresh();
}

async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // the battery is low, or the browser has no such lock: the code still refreshes
  }
}

for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.direction));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    stayAwake();
    refresh();
  }
});
window.addEventListener("online", refresh);
setInterval(tick, 500);
stayAwake();
refresh();
