// Sentences in the person's language. `{n}` is filled in; `{n?point:points}` chooses by whether n is one.
const store = require("./store");
const catalogues = { "zh-CN": require("./texts/zh"), en: require("./texts/en") };

const CHOICE = /\{(\w+)\?([^:{}]*):([^{}]*)\}/g;
const VALUE = /\{(\w+)\}/g;

function phoneLanguage() {
  return /^zh/i.test(wx.getAppBaseInfo().language || "zh") ? "zh-CN" : "en";
}

const language = () => store.read("language", null) || phoneLanguage();

function speak(chosen) {
  if (chosen in catalogues && chosen !== language()) store.write("language", chosen);
}

function find(path) {
  return path.split(".").reduce((at, name) => (at === undefined ? undefined : at[name]), catalogues[language()]);
}

function fill(sentence, values = {}) {
  return sentence.replace(CHOICE, (_, name, one, many) => (Number(values[name]) === 1 ? one : many))
    .replace(VALUE, (whole, name) => (values[name] === undefined ? whole : String(values[name])));
}

/** The sentence at `section.name`; a missing one shows its path, so that it is noticed. */
function t(path, values) {
  const sentence = find(path);
  return typeof sentence === "string" ? fill(sentence, values) : path;
}

/** The word for a value that the server names, or the value itself where it is somebody's own word. */
function word(section, value) {
  return find(`${section}.${value}`) || value || "";
}

const section = (name) => ({ ...catalogues[language()].common, ...catalogues[language()][name] });

module.exports = { catalogues, fill, language, phoneLanguage, section, speak, t, word };
