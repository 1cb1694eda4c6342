// What WeChat would refuse, or the browser build would drop without a word, found before either sees it.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { HERE, ROOT, app, config, ending, files, pages, read, templates } from "./sources.mjs";

const PACKAGE_BYTES = 2 * 1024 * 1024;
const LOCATION = "getLocation";

function* pageProblems() {
  for (const page of pages) {
    for (const suffix of ["js", "json", "wxml"]) if (!files.includes(`${page}.${suffix}`)) yield `${page}.${suffix} is missing`;
  }
  for (const { pagePath } of app.tabBar.list) if (!app.pages.includes(pagePath)) yield `tab ${pagePath} is not a page of the main package`;
  for (const name of templates) {
    if (!config[name]) yield `${name}.json is missing`;
    else if (!config[name].component && !pages.includes(name)) yield `${name} is neither a page of app.json nor a component`;
  }
}

function* componentProblems() {
  const shared = app.usingComponents || {};
  for (const [name, about] of Object.entries(config)) {
    for (const [tag, place] of Object.entries({ ...shared, ...about.usingComponents })) {
      if (!place.startsWith("/")) yield `${name}: say where <${tag}> is from the root, with a leading /`;
      else if (!config[place.slice(1)]?.component) yield `${name}: <${tag}> is no component (${place})`;
    }
  }
}

function* templateProblems() {
  for (const file of ending(".wxml")) {
    const text = read(file);
    for (const [found] of text.matchAll(/\s(?:bind|catch)[a-z]\w*=/g)) yield `${file}:${found} is dropped by the browser build; write bind:name=`;
    if (/\sstyle=/.test(text)) yield `${file}: no style="…" (the pages' Content-Security-Policy forbids it); use a class`;
    for (const [, value] of text.matchAll(/<image[^>]*\ssrc="(\/[^"{]+)"/g)) if (!files.includes(value.slice(1))) yield `${file}: no file ${value}`;
  }
}

function* packageProblems() {
  const roots = (app.subPackages || []).map((part) => `${part.root}/`);
  const sizes = Object.fromEntries(["", ...roots].map((root) => [root, 0]));
  for (const file of files) sizes[roots.find((root) => file.startsWith(root)) || ""] += fs.statSync(path.join(ROOT, file)).size;
  for (const [root, size] of Object.entries(sizes)) if (size > PACKAGE_BYTES) yield `package ${root || "main"} is ${size} bytes, more than WeChat's 2 MB`;
}

function* declarationProblems() {
  const scripts = ending(".js").map(read).join("\n");
  const asks = scripts.includes(`wx.${LOCATION}`);
  if (asks && !(app.requiredPrivateInfos || []).includes(LOCATION)) yield "app.json: requiredPrivateInfos must name getLocation";
  if (asks && !app.permission?.["scope.userLocation"]?.desc) yield "app.json: permission must say what the location is for";
  if (!files.includes(app.sitemapLocation)) yield "app.json: sitemapLocation names no file";
  const project = JSON.parse(fs.readFileSync(path.join(HERE, "project.config.json"), "utf8"));
  if (path.join(HERE, project.miniprogramRoot) !== `${ROOT}/`) yield "project.config.json: miniprogramRoot is not miniprogram/";
}

export function problems() {
  return [...pageProblems(), ...componentProblems(), ...templateProblems(), ...packageProblems(), ...declarationProblems()];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = problems();
  for (const problem of found) console.error(problem);
  console.log(found.length ? `${found.length} problem(s)` : `${pages.length} pages, ${templates.length} templates: nothing amiss`);
  process.exitCode = found.length ? 1 : 0;
}
