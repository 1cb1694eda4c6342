const api = require("../../lib/api");
const view = require("../../lib/civility-view");
const screen = require("../../lib/screen");

screen("civility_tiles", {
  async load({ period }) {
    const [about, found] = await Promise.all([api.get(`/civility/periods/${period}`), api.all(`/civility/periods/${period}/areas`)]);
    return { days: view.days(about), tiles: found.items.map(view.tile), stale: found.stale };
  },

  look(event) {
    wx.navigateTo({ url: `/civility/index/index?id=${this.query.period}&area=${event.currentTarget.dataset.id}` });
  },
});
