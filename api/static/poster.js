import { getDrawn, getJson, getPicture, period, sheet, show } from "./access.js";

const { event: id, direction, drawn } = document.body.dataset;
const code = document.getElementById("code");

// The mini program's own code where there is an account at WeChat; while WeChat does not answer, the plain one, which the mini program scans too.
function picture() {
  const plain = () => getPicture(`/events/${id}/poster.svg?direction=${direction}`);
  return drawn === undefined ? plain() : getDrawn(`/events/${id}/mini-program-code.png?direction=${direction}`).catch(plain);
}

sheet(async () => {
  const event = await getJson(`/events/${id}`);
  show("title", event.title);
  show("time", period(event));
  show("place", event.place?.name || "");
  code.src = await picture();
  code.hidden = false;
});
