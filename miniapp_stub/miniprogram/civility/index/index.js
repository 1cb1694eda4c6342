const api = require("../../lib/api");
const view = require("../../lib/civility-view");
const screen = require("../../lib/screen");

const OVER_TIME = 12;

screen("civility", {
  /** The newest published period of one's own community, or the period and community that are asked for. */
  async load({ id, area }) {
    const own = await api.get("/me/civility");
    const home = own.area ? own.area.id : "";
    const waiting = own.questionnaires.map((each) => ({ id: each.id, until: view.days(each) }));
    const period = id ? await api.get(`/civility/periods/${id}`) : own.period;
    const shared = { waiting, asked: !own.opted_out, hasHome: Boolean(home), stale: own.stale };
    if (!period || !(area || home)) return { ...shared, shown: null };
    const where = area || home;
    const [whole, version, times] = await Promise.all([
      api.get(`/civility/periods/${period.id}/areas/${where}`), api.get(`/civility/versions/${period.version_id}`),
      api.get(`/civility/versions/${period.version_id}/areas/${where}`, { limit: OVER_TIME })]);
    return {
      ...shared, stale: whole.stale,
      shown: {
        title: view.called(version, "title"), area: whole.area_name, days: view.days(whole), mark: view.mark(whole.index.mark_hundredths), between: view.between(whole.index),
        covered: view.value(whole.index.covered_hundredths), parts: view.parts(whole), branches: view.branches(whole), times: view.overTime(times.items),
        leaves: `/civility/leaves/leaves?period=${period.id}&area=${where}`, tiles: `/civility/tiles/tiles?period=${period.id}`,
      },
    };
  },

  async chooseAsked(event) {
    const asked = event.detail.value;
    const done = await this.act("asked", async () => {
      await api.post("/me/civility/opt-out", { opted_out: !asked });
      return true;
    });
    this.setData({ asked: done ? asked : !asked });
  },
});
