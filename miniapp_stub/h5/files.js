/** Where the browser finds a file of the mini program's package; what is no path of it stays as it is. */
export const fileAddress = (src) => (typeof src === "string" && src.startsWith("/") && !src.startsWith("//") ? `gen/files${src}` : src || "");
