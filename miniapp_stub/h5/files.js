// Files: of the mini program's package, and those that wx.downloadFile brought.
const downloads = new Map();

/** Where the browser finds a file; what is neither of the package nor downloaded stays as it is. */
export function fileAddress(src) {
  if (downloads.has(src)) return downloads.get(src).address;
  return typeof src === "string" && src.startsWith("/") && !src.startsWith("//") ? `gen/files${src}` : src || "";
}

/** A downloaded file under a path of its own. A picture has an address that <image> can show: the pages' policy knows no blob: pictures. */
export function keepDownload(bytes, type, name) {
  const path = `wxfile://tmp_${downloads.size + 1}/${name}`;
  downloads.set(path, { blob: new Blob([bytes], { type }), name, address: type.startsWith("image/") ? `data:${type};base64,${base64Of(bytes)}` : "" });
  return path;
}

export const downloaded = (path) => downloads.get(path);

export const base64Of = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
