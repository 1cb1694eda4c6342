// wx.request, wx.uploadFile and wx.downloadFile. Whatever the status, `success` is called; there is no PATCH.
import { keepDownload } from "../files.js";

const METHODS = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT"];
const TIMEOUT_MS = 60000;

function withQuery(url, data) {
  const query = new URLSearchParams(data || {}).toString();
  return query ? url + (url.includes("?") ? "&" : "?") + query : url;
}

function bodyOf({ data, method, header }) {
  if (data === undefined || ["GET", "HEAD"].includes(method)) return undefined;
  if (typeof data === "string" || data instanceof ArrayBuffer) return data;
  return header["content-type"].includes("urlencoded") ? new URLSearchParams(data).toString() : JSON.stringify(data);
}

async function dataOf(answer, { responseType, dataType = "json" }) {
  if (responseType === "arraybuffer") return answer.arrayBuffer();
  const text = await answer.text();
  if (dataType !== "json") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const lowerCased = (header = {}) => Object.fromEntries(Object.entries(header).map(([name, value]) => [name.toLowerCase(), value]));

async function ask(url, init, timeout, controller) {
  const timer = setTimeout(() => controller.abort(), timeout || TIMEOUT_MS);
  try {
    return await fetch(url, { ...init, signal: controller.signal, cache: "no-store", credentials: "omit" });
  } catch (error) {
    throw new Error(error.name === "AbortError" ? "timeout" : error.message);
  } finally {
    clearTimeout(timer);
  }
}

function finish(name, options, work) {
  work.then(
    (result) => { const answer = { errMsg: `${name}:ok`, ...result }; options.success?.(answer); options.complete?.(answer); },
    (error) => { const answer = { errMsg: `${name}:fail ${error.message}` }; options.fail?.(answer); options.complete?.(answer); },
  );
}

export function request(options) {
  const method = (options.method || "GET").toUpperCase();
  const header = { "content-type": "application/json", ...lowerCased(options.header) };
  const controller = new AbortController();
  const work = (async () => {
    if (!METHODS.includes(method)) throw new Error(`method ${method} is not supported`);
    const url = method === "GET" ? withQuery(options.url, options.data) : options.url;
    const answer = await ask(url, { method, headers: header, body: bodyOf({ ...options, method, header }) }, options.timeout, controller);
    return { statusCode: answer.status, header: Object.fromEntries(answer.headers), data: await dataOf(answer, options) };
  })();
  finish("request", options, work);
  return { abort: () => controller.abort() };
}

export function uploadFile(options) {
  const controller = new AbortController();
  const work = (async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries(options.formData || {})) form.append(name, value);
    form.append(options.name, await fileOf(options.filePath), "upload");
    const answer = await ask(options.url, { method: "POST", headers: options.header || {}, body: form }, options.timeout, controller);
    return { statusCode: answer.status, data: await answer.text() };
  })();
  finish("uploadFile", options, work);
  return { abort: () => controller.abort() };
}

// A temporary file is a data: address here: the pages' Content-Security-Policy knows no blob: pictures.
async function fileOf(address) {
  const [, kind, body] = /^data:([^;,]+);base64,(.*)$/s.exec(address) || [];
  if (!kind) throw new Error("no such file");
  return new Blob([Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))], { type: kind });
}

export function downloadFile(options) {
  const controller = new AbortController();
  const work = (async () => {
    const answer = await ask(options.url, { headers: options.header || {} }, options.timeout, controller);
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") || "")?.[1] || "file";
    const kind = answer.headers.get("content-type") || "application/octet-stream";
    return { statusCode: answer.status, tempFilePath: keepDownload(await answer.arrayBuffer(), kind, name) };
  })();
  finish("downloadFile", options, work);
  return { abort: () => controller.abort() };
}

