import { getJson, sheet, show } from "./access.js";

const { questionnaire: id, yes, no } = document.body.dataset;
const language = document.documentElement.lang === "en" ? "en" : "zh";
const SCALE = ["1", "2", "3", "4", "5"];

function element(tag, words, ...children) {
  const made = document.createElement(tag);
  made.append(words, ...children);
  return made;
}

function question(item, choices) {
  const boxes = choices.map((choice) => element("span", `☐ ${choice}`));
  const line = element("li", item[language], element("p", "", ...boxes));
  line.lastChild.className = "choices";
  return line;
}

sheet(async () => {
  const asked = await getJson(`/civility/questionnaires/${id}`);
  show("area", asked.area_name);
  show("days", `${asked.first_on} – ${asked.last_on}`);
  const lines = asked.questions.flatMap((leaf) => leaf.items.map((item) => question(item, leaf.answers === "scale" ? SCALE : [yes, no])));
  document.getElementById("questions").replaceChildren(...lines);
});
