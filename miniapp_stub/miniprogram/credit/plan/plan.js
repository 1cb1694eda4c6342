const api = require("../../lib/api");
const view = require("../../lib/culture-view");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

/** One's own newest plan: those that somebody runs for others are not shown here. */
screen("credit_plan", {
  async load() {
    const plans = await api.all("/correction-plans");
    const [mine] = plans.items.filter((each) => each.person_id === session.person().id);
    if (!mine) return { plan: null, steps: [], stale: plans.stale };
    const [whole, steps] = await Promise.all([api.get(`/correction-plans/${mine.id}`), api.all(`/correction-plans/${mine.id}/steps`)]);
    return { plan: view.plan(whole), steps: steps.items.map(view.step), stale: plans.stale };
  },
});
