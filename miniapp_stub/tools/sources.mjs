// The mini program's own files, read as WeChat reads them: app.json names the pages, a .json beside a .wxml names a component.
import fs from "node:fs";
import path from "node:path";

export const HERE = path.resolve(import.meta.dirname, "..");
export const ROOT = path.join(HERE, "miniprogram");

function walk(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => (entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]));
}

export const files = walk(ROOT).map((file) => path.relative(ROOT, file));
export const read = (file) => fs.readFileSync(path.join(ROOT, file), "utf8");
export const ending = (suffix) => files.filter((file) => file.endsWith(suffix));
export const bare = (file) => file.replace(/\.[^.]+$/, "");

export const app = JSON.parse(read("app.json"));
export const pages = [...app.pages, ...(app.subPackages || []).flatMap((part) => part.pages.map((page) => `${part.root}/${page}`))];
export const templates = ending(".wxml").map(bare);
export const config = Object.fromEntries(
  templates.filter((name) => files.includes(`${name}.json`)).map((name) => [name, JSON.parse(read(`${name}.json`))]),
);
export const components = Object.keys(config).filter((name) => config[name].component);
