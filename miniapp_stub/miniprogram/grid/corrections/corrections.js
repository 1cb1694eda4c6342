// Plans of community correction that one runs: to whoever does not, there are none.
const api = require("../../lib/api");
const view = require("../../lib/culture-view");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

/** Who has moved out of one's reach meanwhile keeps a plan, and has no name here. */
function unnamed(problem) {
  if (problem.status === 404) return { display_name: "—" };
  throw problem;
}

screen("grid_corrections", {
  async load() {
    const found = await api.all("/correction-plans");
    const run = found.items.filter((each) => each.person_id !== session.person().id);
    const people = await Promise.all(run.map((each) => api.get(`/residents/${each.person_id}`).catch(unnamed)));
    return { plans: run.map((each, index) => ({ ...view.planLine(each), name: people[index].display_name })), stale: found.stale };
  },
});
