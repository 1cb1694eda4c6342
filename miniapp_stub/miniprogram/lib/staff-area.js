// The area that a person works in.
const session = require("./session");

const STAFF = ["grid_worker", "area_admin"];

/** Its id; a person with several works in the first. */
function areaId() {
  const held = (session.person() || { roles: [] }).roles.find((role) => STAFF.includes(role.role) && role.area_id);
  return held ? held.area_id : null;
}

module.exports = { areaId };
