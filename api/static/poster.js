import { getJson, getPicture, period, sheet, show } from "./access.js";

const { event: id, direction } = document.body.dataset;
const code = document.getElementById("code");

sheet(async () => {
  const event = await getJson(`/events/${id}`);
  show("title", event.title);
  show("time", period(event));
  show("place", event.place?.name || "");
  code.src = await getPicture(`/events/${id}/poster.svg?direction=${direction}`);
  code.hidden = false;
});
