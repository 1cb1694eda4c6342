const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const { lineView, view } = require("../../lib/settlement-view");
const screen = require("../../lib/screen");

const FORMATS = ["pdf", "xlsx", "csv"];

screen("settlement", {
  data: { lines: [], disputing: false, reason: "", chosen: {} },

  async load({ id }) {
    const [settlement, lines] = await Promise.all([api.get(`/settlements/${id}`), api.all(`/settlements/${id}/lines`, {}, 1000)]);
    return {
      settlement: view(settlement), canConfirm: settlement.status === "draft", canDispute: ["draft", "confirmed"].includes(settlement.status),
      lines: lines.items.map((line) => lineView(line)), stale: settlement.stale,
    };
  },

  async confirm() {
    const { confirm } = await wx.showModal({
      title: t("settlement.confirm"), content: t("settlement.confirm_sure", { amount: this.data.settlement.amount }), confirmText: t("settlement.confirm"), cancelText: t("common.no") });
    if (!confirm || !await this.act("confirm", () => api.post(`/settlements/${this.query.id}/confirm`))) return;
    wx.showToast({ title: t("settlement.confirmed"), icon: "success" });
    await this.reload();
  },

  startDispute() { this.setData({ disputing: true, chosen: {}, reason: "" }); },
  cancel() { this.setData({ disputing: false }); },
  typed(event) { this.setData({ reason: event.detail.value }); },

  toggle(event) {
    const { id } = event.currentTarget.dataset;
    if (this.data.disputing) this.setData({ [`chosen.${id}`]: !this.data.chosen[id] });
  },

  async dispute() {
    const line_ids = Object.keys(this.data.chosen).filter((id) => this.data.chosen[id]);
    const made = await this.act("dispute", () => api.post(`/settlements/${this.query.id}/dispute`, { reason: this.data.reason.trim(), line_ids }));
    if (!made) return;
    this.setData({ disputing: false });
    await this.reload();
  },

  async statement() {
    const { tapIndex } = await wx.showActionSheet({ itemList: FORMATS.map((each) => t(`settlement.as_${each}`)) }).catch(() => ({}));
    if (tapIndex === undefined) return;
    await this.act("statement", async () => {
      const filePath = await api.download(`/settlements/${this.query.id}/statement.${FORMATS[tapIndex]}`);
      await wx.openDocument({ filePath, fileType: FORMATS[tapIndex], showMenu: true });
    });
  },
});
