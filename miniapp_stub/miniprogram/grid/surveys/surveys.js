const api = require("../../lib/api");
const format = require("../../lib/format");
const { t, word } = require("../../lib/i18n");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

const TONES = { open: "wait", done: "good", closed: "plain" };

const statusOf = (round) => (round.visited === round.drawn ? "done" : round.status === "open" ? "open" : "closed");

screen("surveys", {
  async load() {
    const found = await api.all("/civility/rounds");
    const mine = found.items.filter((round) => round.surveyor_id === session.person().id);
    return {
      stale: found.stale,
      rounds: mine.map((round) => ({
        id: round.id, area: round.area_name, until: t("surveys.until", { day: format.date(format.momentOf(round.last_on)), n: round.drawn, done: round.visited }),
        tag: { text: word("survey_status", statusOf(round)), tone: TONES[statusOf(round)] },
      })),
    };
  },
});
