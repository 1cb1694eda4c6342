// WXSS as one style sheet: a component's classes get its scope's prefix, a page's rules hold inside that page only.
import { scopeOf } from "../h5/scopes.js";
export { scopeOf } from "../h5/scopes.js";

function eachSelector(css, change) {
  return css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/([^{}]+)\{/g, (_, selectors) => {
    if (selectors.trim().startsWith("@")) return `${selectors}{`;
    return `${selectors.split(",").map((one) => change(one.trim())).join(", ")} {`;
  });
}

export const componentRules = (name, css) =>
  eachSelector(css, (one) => one.replace(/\.([A-Za-z_][\w-]*)/g, `.${scopeOf(name)}--$1`));

export const pageRules = (name, css) => eachSelector(css, (one) => `.${scopeOf(name)} ${one}`);

export const appRules = (css) => eachSelector(css, (one) => one.replace(/^page\b/, ".wx-page"));
