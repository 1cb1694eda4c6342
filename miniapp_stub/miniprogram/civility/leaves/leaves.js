const api = require("../../lib/api");
const view = require("../../lib/civility-view");
const screen = require("../../lib/screen");

const NOTHING = { id: "", name: "", mark: "", bar: "none", between: "", why: "", before: [] };

screen("civility_leaves", {
  fields: { text: "what_is_wrong" },
  data: { isLooking: false, looking: NOTHING, text: "" },

  async load({ period, area }) {
    const [whole, own] = await Promise.all([api.get(`/civility/periods/${period}/areas/${area}`), api.get("/me/civility")]);
    return { area: whole.area_name, days: view.days(whole), branches: view.branches(whole), isHome: Boolean(own.area) && own.area.id === area, stale: whole.stale };
  },

  look(event) {
    const { id } = event.currentTarget.dataset;
    const found = this.data.branches.flatMap((branch) => branch.leaves).find((leaf) => leaf.id === id);
    const text = found.id === this.data.looking.id ? this.data.text : ""; // what was not sent yet is still there
    this.setData({ isLooking: true, looking: found, text, problem: null, wrong: {} });
  },

  close() { this.setData({ isLooking: false }); },
  typed(event) { this.setData({ text: event.detail.value }); },

  async remark() {
    const { period, area } = this.query;
    const made = await this.act("remark", () => api.post("/civility/remarks", { period_id: period, area_id: area, node_id: this.data.looking.id, text: this.data.text.trim() }));
    if (made) wx.redirectTo({ url: "/civility/remarks/remarks" });
  },
});
