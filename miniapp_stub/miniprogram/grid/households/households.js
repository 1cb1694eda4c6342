const api = require("../../lib/api");
const format = require("../../lib/format");
const screen = require("../../lib/screen");
const { areaId } = require("../../lib/staff-area");

screen("households", {
  data: { requests: [] },

  async load() {
    const { items, stale } = await api.all("/household-requests", { status: "pending", area_id: areaId() });
    return { requests: items.map((each) => ({ id: each.id, who: each.display_name, household: each.household_name, when: format.dayAndClock(each.at) })), stale };
  },

  async decide(event) {
    const { id, verb } = event.currentTarget.dataset;
    await this.act(verb, () => api.post(`/household-requests/${id}/${verb}`));
    await this.reloadKeepingProblem();
  },
});
