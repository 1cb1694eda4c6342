/** The class that a page's own rules stand under in gen/app.css. */
export const scopeOf = (name) => name.replace(/\W+/g, "_");
