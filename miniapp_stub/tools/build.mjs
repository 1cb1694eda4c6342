// Compile miniprogram/ into modules for the browser, under h5/gen: the templates as functions, the scripts as CommonJS
// modules, the styles as one sheet, with the run-time packages beside them, so that serving needs no Node.
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { createRequire } from "node:module";
import { problems } from "./check.mjs";
import { HERE, ROOT, app, bare, components, config, ending, files, pages, read } from "./sources.mjs";
import { appRules, componentRules, pageRules, scopeOf } from "./wxss.mjs";

const { TmplGroup } = createRequire(import.meta.url)("glass-easel-template-compiler");
const H5 = path.join(HERE, "h5");
const OUT = path.join(H5, "gen");
const COPIED = [".svg", ".png", ".wav"];
const PACKED = [".js", ".css", ".html", ".svg"];
const found = problems();

function compiled(sources) {
  const group = new TmplGroup();
  for (const [name, text] of Object.entries(sources)) {
    for (const warning of group.addTmpl(name, text) || []) found.push(`${name}: ${JSON.stringify(warning)}`);
  }
  return group.getTmplGenObjectGroups();
}

function modules() {
  const each = ending(".js").map((file) => `${JSON.stringify(bare(file))}(require, module, exports) {\n${read(file)}\n}`);
  return `export const modules = {\n${each.join(",\n")}\n};\n`;
}

function styles() {
  const rules = (name, css) => (name === "app" ? appRules(css) : components.includes(name) ? componentRules(name, css) : pageRules(name, css));
  return ending(".wxss").map((file) => rules(bare(file), read(file))).join("\n");
}

function appModule() {
  const templates = compiled(Object.fromEntries(ending(".wxml").map((file) => [bare(file), read(file)])));
  return [
    `export const templates = ${templates};`,
    `export const app = ${JSON.stringify(app)};`,
    `export const pages = ${JSON.stringify(pages)};`,
    `export const config = ${JSON.stringify(config)};`,
    `export const scopes = ${JSON.stringify(Object.fromEntries(components.map((name) => [name, scopeOf(name)])))};`,
    modules(),
  ].join("\n");
}

function builtinsModule() {
  const folder = path.join(H5, "builtins");
  const sources = Object.fromEntries(fs.readdirSync(folder).map((file) => [bare(file), fs.readFileSync(path.join(folder, file), "utf8")]));
  return `export const builtins = ${compiled(sources)};\n`;
}

/** What browsers take compressed is compressed here, once, so that serving it costs nothing. */
function pack(name) {
  const text = fs.readFileSync(path.join(H5, name));
  const packed = path.join(OUT, "packed", name);
  fs.mkdirSync(path.dirname(packed), { recursive: true });
  fs.writeFileSync(`${packed}.gz`, zlib.gzipSync(text, { level: 9 }));
  fs.writeFileSync(`${packed}.br`, zlib.brotliCompressSync(text, { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: text.length } }));
}

const packaged = (file) => fs.readFileSync(path.join(HERE, "node_modules", file), "utf8").replace(/\/\/# sourceMappingURL=.*\s*$/, "");

const outputs = {
  "app.js": appModule(),
  "app.css": styles(),
  "builtins.js": builtinsModule(),
  "glass_easel.js": packaged("glass-easel/dist/glass_easel.all.es.js"),
  "glass_easel_adapter.js": packaged("glass-easel-miniprogram-adapter/dist/glass_easel_miniprogram_adapter.es.js")
    .replaceAll('from"glass-easel"', 'from"./glass_easel.js"'),
  "jsQR.js": packaged("jsqr/dist/jsQR.js"),
};

if (found.length) {
  for (const problem of found) console.error(problem);
  process.exit(1);
}
fs.rmSync(OUT, { recursive: true, force: true });
for (const file of files.filter((name) => COPIED.includes(path.extname(name)))) {
  fs.mkdirSync(path.join(OUT, "files", path.dirname(file)), { recursive: true });
  fs.copyFileSync(path.join(ROOT, file), path.join(OUT, "files", file));
}
fs.mkdirSync(OUT, { recursive: true });
for (const [name, text] of Object.entries(outputs)) fs.writeFileSync(path.join(OUT, name), text);
for (const name of fs.readdirSync(H5, { recursive: true }).filter((each) => PACKED.includes(path.extname(each)))) pack(name);
console.log(`Built the mini program for browsers: ${pages.length} pages in ${path.relative(process.cwd(), OUT)}`);
