/** Who a window is opened as, and where its phone is: `?as=li-na&at=29.5595,106.5694`, set by the demo's doors. */
export function readDoor(search) {
  const asked = new URLSearchParams(search);
  const name = /^[a-z0-9-]{1,64}$/.test(asked.get("as") || "") ? asked.get("as") : null;
  const [latitude, longitude] = (asked.get("at") || "").split(",").map(Number);
  return { name, at: Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude, accuracy: 10 } : null };
}
