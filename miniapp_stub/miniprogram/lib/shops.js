// The shops that a person works in, and the one they stand in now, remembered on this phone.
const api = require("./api");
const session = require("./session");
const store = require("./store");

async function mine() {
  const { items } = await api.all("/shops");
  const merchants = session.person().roles.map((role) => role.merchant_id).filter(Boolean);
  return items.filter((shop) => merchants.includes(shop.merchant_id));
}

/** The shop chosen last, or the first. */
const current = (shops) => shops.find((shop) => shop.id === store.read("shop", "")) || shops[0] || null;
const choose = (id) => store.write("shop", id);

module.exports = { choose, current, mine };
