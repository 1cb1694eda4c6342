// What a person said yes or no to. The phone's own dialog asks; the answer is kept by the server, and a no is not asked again.
const api = require("./api");
const { here } = require("./place");

const PURPOSES = ["location", "wechat_messages", "phone_number"];

const answer = (purpose, given) => api.put(`/me/consents/${purpose}`, { given });

/** Where the phone is, to be compared with a place; null for who said no, here or to the phone. */
async function located() {
  const { items } = await api.get("/me/consents").catch(() => ({ items: [] }));
  const { given } = items.find((each) => each.purpose === "location") || {};
  if (given === false) return null;
  const place = await here();
  if (place && given === null) await answer("location", true).catch(() => {}); // the phone asked just now; kept next time where the network is away
  return place;
}

module.exports = { PURPOSES, answer, located };
