import { getJson, getPicture, sheet, show } from "./access.js";

const { person: id } = document.body.dataset;
const code = document.getElementById("code");

sheet(async () => {
  show("name", (await getJson(`/residents/${id}`)).display_name);
  code.src = await getPicture(`/residents/${id}/card.svg`);
  code.hidden = false;
});
