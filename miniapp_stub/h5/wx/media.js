// Pictures chosen, shown and opened; short sounds.
import { downloaded, fileAddress } from "../files.js";

const LONGEST_SIDE = 1600;

function choose(accept, multiple) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept, multiple, hidden: true });
  input.className = "wx-choose";
  document.body.append(input);
  return new Promise((resolve, reject) => {
    input.addEventListener("change", () => resolve([...input.files]));
    input.addEventListener("cancel", () => reject(new Error("cancel")));
    input.click();
  }).finally(() => input.remove());
}

async function compressed(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.85);
}

export async function chooseMedia({ count = 9 }) {
  const files = (await choose("image/*", count > 1)).slice(0, count);
  return {
    type: "image",
    tempFiles: await Promise.all(files.map(async (file) => ({ tempFilePath: await compressed(file), size: file.size, fileType: "image" }))),
  };
}

export async function previewImage({ urls, current = urls[0] }) {
  const dialog = document.createElement("dialog");
  dialog.className = "wx-preview";
  const picture = Object.assign(document.createElement("img"), { src: fileAddress(current), alt: "" });
  dialog.append(picture);
  const close = () => { dialog.close(); dialog.remove(); };
  dialog.addEventListener("click", close);
  dialog.addEventListener("cancel", close);
  document.body.append(dialog);
  dialog.showModal();
}

// A browser has its own way to show a document: it is saved under its name.
export async function openDocument({ filePath }) {
  const file = downloaded(filePath);
  if (!file) throw new Error("file doesn't exist");
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file.blob), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function createInnerAudioContext() {
  const audio = new Audio();
  return {
    set src(path) { audio.src = fileAddress(path); },
    get src() { return audio.src; },
    play: () => { audio.play().catch(() => {}); }, // without a gesture a browser stays silent
    stop: () => audio.pause(),
    destroy: () => audio.removeAttribute("src"),
  };
}
