const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const recordView = require("../../lib/record-view");
const screen = require("../../lib/screen");
const session = require("../../lib/session");
const { areaId } = require("../../lib/staff-area");

const AT_ONCE = 100;

const GROUPS = ["plain", "look", "second"]; // what can be approved unseen, what wants a look, what waits for somebody else

function groupOf(record, personId) {
  if (recordView.isApprovedBy(record, personId)) return "second";
  return recordView.isPlain(record) ? "plain" : "look";
}

screen("queue", {
  data: { items: [], chosen: {}, count: 0, rejecting: false, outcome: null },

  async load({ event_id }) {
    const page = await api.get("/activity-records", { status: "pending", area_id: areaId(), event_id, limit: AT_ONCE });
    const me = session.person().id;
    const items = page.items.map((record) => ({
      ...recordView.view(record), group: groupOf(record, me), second: record.approvals_needed > 1, pictures: record.evidence.length ? t("queue.pictures", { n: record.evidence.length }) : "",
    }));
    const still = Object.fromEntries(items.filter((item) => this.data.chosen[item.id]).map((item) => [item.id, true]));
    return {
      items, chosen: still, count: Object.keys(still).length, more: Boolean(page.next_cursor), stale: page.stale,
      groups: GROUPS.map((id) => ({ id, heading: t(`queue.group_${id}`), why: t(`queue.why_${id}`), items: items.filter((item) => item.group === id) }))
        .filter((group) => group.items.length),
      plain: items.filter((item) => item.group === "plain").length,
    };
  },

  select(ids) {
    const chosen = Object.fromEntries(ids.map((id) => [id, true]));
    this.setData({ chosen, count: ids.length });
  },

  toggle(event) {
    const { id } = event.currentTarget.dataset;
    const ids = this.data.items.map((item) => item.id).filter((each) => (each === id ? !this.data.chosen[each] : this.data.chosen[each]));
    this.select(ids);
  },

  selectPlain() { this.select(this.data.items.filter((item) => item.group === "plain").map((item) => item.id)); },
  selectNone() { this.select([]); },
  look(event) { navigate.go(`/grid/record/record?id=${event.currentTarget.dataset.id}`); },

  askReason() { this.setData({ rejecting: true, problem: null }); },
  cancel() { this.setData({ rejecting: false }); },

  approve() { return this.decide((id) => ({ id, decision: "approve" })); },

  reject(event) { return this.decide((id) => ({ id, decision: "reject", reason: event.detail.reason })); },

  async decide(each) {
    const items = this.data.items.filter((item) => this.data.chosen[item.id]).map((item) => each(item.id));
    const answer = await this.act("decide", () => api.post("/activity-records/decisions", { items }, { once: true }));
    if (!answer) return;
    const names = Object.fromEntries(this.data.items.map((item) => [item.id, item.who]));
    const refused = answer.items.filter((item) => item.problem);
    this.setData({
      rejecting: false, chosen: {}, outcome: {
        text: t("queue.outcome", { n: answer.items.length - refused.length }), good: refused.length === 0,
        refused: refused.map((item) => ({ id: item.id, text: `${names[item.id]}: ${item.problem.detail}` })),
      },
    });
    await this.reload();
    wx.pageScrollTo({ selector: "#outcome", offsetTop: -12, duration: 200, fail() {} }); // what came of it stands above the list
  },
});
