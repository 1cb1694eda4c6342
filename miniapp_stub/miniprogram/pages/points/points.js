const api = require("../../lib/api");
const format = require("../../lib/format");
const { word } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const entryView = (entry) => ({
  id: entry.id, amount: format.signed(entry.amount), gained: entry.amount > 0, kind: word("entry", entry.kind), memo: entry.title || entry.memo || "",
  when: format.dayAndClock(entry.at), balance: entry.balance_after,
  url: entry.because.type === "activity_record" ? `/pages/record/record?id=${entry.because.id}` : entry.because.type === "coupon" ? `/pages/coupon/coupon?id=${entry.because.id}` : "",
});

screen("points", {
  data: { entries: [], cursor: null },

  async load() {
    const [points, page] = await Promise.all([api.get("/me/points"), api.get("/me/points/entries")]);
    return {
      points, lapsing: points.expiring.map((lot) => ({ day: format.fullDate(format.momentOf(lot.on)), points: lot.points })),
      entries: page.items.map(entryView), cursor: page.next_cursor, stale: points.stale || page.stale,
    };
  },

  async more() {
    const page = await this.act("more", () => api.get("/me/points/entries", { cursor: this.data.cursor }));
    if (page) this.setData({ entries: [...this.data.entries, ...page.items.map(entryView)], cursor: page.next_cursor });
  },

  open(event) { if (event.currentTarget.dataset.url) this.go(event); },
});
