import { getJson, sheet, show } from "./access.js";

const { questionnaire: id, yes, no } = document.body.dataset;
const language = document.documentElement.lang === "en" ? "en" : "zh";
const SCALE = ["1", "2", "3", "4", "5"];

function element(tag, words, ...children) {
  const made = document.createElement(tag);
  made.append(words, ...children);
  return made;
}

function question(leaf, item, at) {
  const choices = leaf.answers === "scale" ? SCALE : [yes, no];
  const boxes = element("p", "", ...choices.map((choice) => element("span", `☐ ${choice}`)));
  boxes.className = "choices";
  const hint = at ? "" : leaf[`evidence_${language}`];
  return element("li", item[language], ...(hint ? [element("p", hint)] : []), boxes);
}

sheet(async () => {
  const asked = await getJson(`/civility/questionnaires/${id}`);
  show("area", asked.area_name);
  show("days", `${asked.first_on} – ${asked.last_on}`);
  const lines = asked.questions.flatMap((leaf) => leaf.items.map((item, at) => question(leaf, item, at)));
  document.getElementById("questions").replaceChildren(...lines);
});
