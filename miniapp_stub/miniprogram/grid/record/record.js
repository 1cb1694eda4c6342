const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const recordView = require("../../lib/record-view");
const screen = require("../../lib/screen");
const session = require("../../lib/session");

const WHOLE = /^\d{1,5}$/;

/** Back in the queue, which reads itself again. */
function leave() {
  if (getCurrentPages().length > 1) wx.navigateBack();
  else wx.redirectTo({ url: "/grid/queue/queue" });
}

screen("grid_record", {
  data: { points: "", note: "", rejecting: false, isValid: false },

  async load({ id }) {
    const record = await api.get(`/activity-records/${id}`);
    const objections = await api.get("/objections", { status: "open", limit: 100 }).catch(() => ({ items: [] }));
    const me = session.person().id;
    const isMine = recordView.isApprovedBy(record, me);
    this.most = record.points_max;
    this.proposed = record.points === null ? record.points_proposed : record.points;
    if (this.data.state !== "ready") this.setPoints(String(this.proposed));
    return {
      record: recordView.view(record), history: record.history.map((each) => recordView.step(each)), scans: record.check_ins.map((each) => recordView.scan(each, record.flags.includes("far"))), stale: record.stale,
      pictures: record.evidence, hint: t("grid_record.points_hint", { proposed: record.points_proposed, most: record.points_max }),
      objections: objections.items.filter((each) => each.activity_record_id === id), event: record.event_id ? `/grid/event/event?id=${record.event_id}` : "",
      canDecide: record.status === "pending" && record.resident_id !== me && !isMine, isWaiting: record.status === "pending" && isMine,
    };
  },

  setPoints(points) { this.setData({ points, isValid: WHOLE.test(points) && Number(points) <= this.most, isChanged: Number(points) !== this.proposed }); },
  typed(event) { this.setPoints(String(event.detail.value).trim()); },
  noted(event) { this.setData({ note: event.detail.value }); },
  ask() { this.setData({ rejecting: true, problem: null }); },
  cancel() { this.setData({ rejecting: false }); },

  async approve() {
    const note = this.data.isChanged && this.data.note.trim();
    await this.decided("approve", { points: Number(this.data.points), ...(note ? { note } : {}) });
  },

  /** The sheet stays with what was typed until the answer leads away. */
  reject(event) { return this.decided("reject", { reason: event.detail.reason }); },

  async decided(decision, body) {
    const record = await this.act(decision, () => api.post(`/activity-records/${this.query.id}/${decision}`, body, { once: true }));
    if (!record) return;
    const said = { pending: "first_of_two", rejected: "rejected" }[record.status] || "approved";
    wx.showToast({ title: t(`grid_record.${said}`), icon: "success" });
    leave();
  },
});
