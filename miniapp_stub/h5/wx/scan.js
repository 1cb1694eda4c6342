// wx.scanCode with the browser's camera. BarcodeDetector reads where there is one, jsQR elsewhere.
import { say } from "../words.js";

const WIDEST = 640;
const PAUSE_MS = 120;
let reader;

async function makeReader() {
  if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue || null;
  }
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "gen/jsQR.js";
    script.onload = resolve;
    script.onerror = () => reject(new Error("no reader"));
    document.head.append(script);
  });
  return async (canvas) => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return globalThis.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data || null;
  };
}

function draw(source, width, height) {
  const scale = Math.min(1, WIDEST / width);
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function makeView(onlyFromCamera) {
  const view = document.createElement("dialog");
  view.className = "wx-scan";
  const video = Object.assign(document.createElement("video"), { playsInline: true, muted: true });
  const hint = Object.assign(document.createElement("p"), { textContent: say("scan") });
  hint.setAttribute("role", "status");
  const cancel = Object.assign(document.createElement("button"), { type: "button", textContent: say("cancel") });
  const file = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
  const album = document.createElement("label");
  album.append(say("album"), file);
  album.hidden = Boolean(onlyFromCamera);
  view.append(video, hint, album, cancel);
  document.body.append(view);
  view.showModal();
  return { view, video, hint, cancel, file };
}

async function watch(video, isOver) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  try {
    video.srcObject = stream;
    await video.play();
    reader ||= await makeReader();
    while (!isOver()) {
      const found = video.videoWidth && (await reader(draw(video, video.videoWidth, video.videoHeight)));
      if (found) return found;
      await new Promise((resume) => setTimeout(resume, PAUSE_MS));
    }
  } finally {
    stop();
  }
  return null;
}

async function readPicture(file) {
  reader ||= await makeReader();
  const picture = await createImageBitmap(file);
  return reader(draw(picture, picture.width, picture.height));
}

export async function scanCode({ onlyFromCamera }) {
  const parts = makeView(onlyFromCamera);
  let over = false;
  try {
    const result = await new Promise((resolve, reject) => {
      const leave = () => reject(new Error("cancel"));
      parts.cancel.addEventListener("click", leave);
      parts.view.addEventListener("cancel", leave);
      parts.file.addEventListener("change", async () => {
        const text = await readPicture(parts.file.files[0]).catch(() => null);
        if (text) resolve(text);
        else parts.hint.textContent = say("no_code");
      });
      watch(parts.video, () => over).then((text) => text && resolve(text), () => { parts.hint.textContent = say("no_camera"); });
    });
    return { result, scanType: "QR_CODE", charSet: "utf-8" };
  } finally {
    over = true;
    parts.view.close();
    parts.view.remove();
  }
}
