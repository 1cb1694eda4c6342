const api = require("../../lib/api");
const view = require("../../lib/culture-view");
const format = require("../../lib/format");
const screen = require("../../lib/screen");

const AHEAD_DAYS = 120;
const HONOURS = 20;

screen("culture", {
  async load() {
    const today = format.isoDay(Date.now());
    const [days, pages, shown, own] = await Promise.all([
      api.all("/culture-days", { from: today, to: format.addDays(today, AHEAD_DAYS) }), api.all("/knowledge-pages"), api.get("/honours", { limit: HONOURS }), api.all("/me/honours")]);
    return {
      days: days.items.map((row) => view.day(row, today)), pages: pages.items.map((row) => ({ id: row.id, title: view.said(row, "title") })), shown: shown.items.map(view.shown),
      asked: own.items.map(view.own).filter(({ asks }) => asks).length > 0, own: own.items.length > 0, stale: days.stale || pages.stale || shown.stale,
    };
  },
});
