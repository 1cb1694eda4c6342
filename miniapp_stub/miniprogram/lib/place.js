// Where the phone is, if its owner lets us know; asked only by the screens that use it.
const EARTH_M = 6371000;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Great-circle metres between two places. */
function metresBetween(one, other) {
  const half = Math.sin(radians(other.latitude - one.latitude) / 2) ** 2
    + Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * Math.sin(radians(other.longitude - one.longitude) / 2) ** 2;
  return Math.round(2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half))));
}

const FRESH_MS = 5 * 60 * 1000;
let last = null;

/** The place that was last given, while it is fresh, without asking the person again. */
const lately = () => (last && Date.now() - last.at < FRESH_MS ? last.place : null);

function remember(place) {
  last = { place, at: Date.now() };
  return place;
}

/** As the server takes it; null where there is none, and that is no error: staff can scan instead. */
const here = () => new Promise((resolve) => wx.getLocation({
  type: "wgs84",
  success: ({ latitude, longitude, accuracy }) => resolve(remember({ latitude, longitude, accuracy_m: accuracy })),
  fail: () => resolve(null),
}));

module.exports = { here, lately, metresBetween };
