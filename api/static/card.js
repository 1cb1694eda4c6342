import { explain, getJson, getPicture, show } from "./access.js";

const { person: id } = document.body.dataset;
const code = document.getElementById("code");
document.getElementById("print").addEventListener("click", () => window.print());

try {
  show("name", (await getJson(`/residents/${id}`)).display_name);
  code.src = await getPicture(`/residents/${id}/card.svg`);
  code.hidden = false;
} catch (error) {
  explain(error);
}
