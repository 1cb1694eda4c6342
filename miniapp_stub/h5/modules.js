// `require` for the mini program's scripts: each runs once, on first use.
import { modules } from "./gen/app.js";

const loaded = {};

export function resolve(from, to) {
  const place = to.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const step of to.split("/")) {
    if (step === "..") place.pop();
    else if (step && step !== ".") place.push(step);
  }
  return place.join("/").replace(/\.js$/, "");
}

export function load(name) {
  if (!loaded[name]) {
    if (!modules[name]) throw new Error(`module '${name}.js' is not defined`);
    loaded[name] = { exports: {} };
    modules[name]((to) => load(resolve(name, to)), loaded[name], loaded[name].exports);
  }
  return loaded[name].exports;
}
