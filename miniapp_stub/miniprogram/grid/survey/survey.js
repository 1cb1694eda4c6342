const api = require("../../lib/api");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");
const store = require("../../lib/store");

screen("survey", {
  async load({ id }) {
    const round = await api.get(`/civility/rounds/${id}`);
    const drafts = store.read("visits", {});
    const done = round.visits.filter((visit) => visit.made_at);
    return {
      area: round.area_name, stale: round.stale, open: round.status === "open", seed: round.seed, drawn: t("survey.drawn", { n: round.drawn, of: round.of_places }),
      progress: t("survey.progress", { n: done.length, of: round.visits.length }),
      visits: round.visits.map((visit) => ({
        id: visit.id, place: visit.place_name, done: Boolean(visit.made_at), begun: !visit.made_at && visit.id in drafts, url: `/grid/visit/visit?round=${id}&id=${visit.id}`,
        when: visit.made_at ? format.dayAndClock(visit.made_at) : "",
      })),
    };
  },
});
