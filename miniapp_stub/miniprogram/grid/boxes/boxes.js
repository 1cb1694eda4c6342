const api = require("../../lib/api");
const format = require("../../lib/format");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("boxes", {
  async load() {
    const { items, stale } = await api.all("/civility/questionnaires/on-paper");
    return { boxes: items.map((each) => ({ id: each.id, area: each.area_name, until: t("boxes.until", { day: format.date(format.momentOf(each.last_on)), n: each.handed_in, typed: each.typed }) })), stale };
  },
});
