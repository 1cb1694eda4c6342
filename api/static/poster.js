import { explain, getJson, getPicture, period, show } from "./access.js";

const { event: id } = document.body.dataset;
const code = document.getElementById("code");
document.getElementById("print").addEventListener("click", () => window.print());

try {
  const event = await getJson(`/events/${id}`);
  show("title", event.title);
  show("time", period(event));
  show("place", event.place?.name || "");
  code.src = await getPicture(`/events/${id}/poster.svg`);
  code.hidden = false;
} catch (error) {
  explain(error);
}
