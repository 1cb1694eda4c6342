const api = require("../../lib/api");
const eventView = require("../../lib/event-view");
const format = require("../../lib/format");
const { t, word } = require("../../lib/i18n");
const screen = require("../../lib/screen");

const LOOK_AGAIN_MS = 8000;

function guest(row) {
  const times = [row.checked_in_at && format.clock(row.checked_in_at), row.checked_out_at && format.clock(row.checked_out_at)].filter(Boolean);
  const [text, tone] = row.checked_out_at ? ["left", "plain"] : row.checked_in_at ? ["here", "good"] : [row.status, row.status === "confirmed" ? "plain" : "wait"];
  return { id: row.resident_id, name: row.display_name, times: times.join(" – "), tag: { text: t(`grid_event.${text}`), tone }, rank: ["here", "confirmed", "waitlisted", "left"].indexOf(text) };
}

function steps(event) {
  return {
    publish: event.status === "draft", edit: ["draft", "published"].includes(event.status), cancel: ["draft", "published"].includes(event.status),
    close: event.status === "published" && new Date(event.starts_at) < Date.now(), open: event.status === "published",
  };
}

screen("grid_event", {
  data: { refusals: [] },

  async load({ id }) {
    const [event, signed, refused] = await Promise.all([
      api.get(`/events/${id}`), api.all(`/events/${id}/sign-ups`), api.get(`/events/${id}/scans`, { refused: true })]);
    const guests = signed.items.map(guest).sort((a, b) => a.rank - b.rank);
    this.watch(event);
    return {
      event: eventView.view({ ...event, sign_up_status: null, checked_in_at: null, checked_out_at: null }), steps: steps(event), guests,
      here: guests.filter((each) => each.rank === 0).length, signed: guests.length, status: word("event_status", event.status), isOut: event.check_out_required,
      refusals: refused.items.map((scan) => ({ id: scan.id, name: scan.display_name || "", when: format.clock(scan.at), why: t(`refused_scan.${scan.code}`).startsWith("refused_scan.") ? scan.code : t(`refused_scan.${scan.code}`) })),
      stale: event.stale || signed.stale,
    };
  },

  onShow() { this.shown = true; },
  onHide() { this.leave(); },
  onUnload() { this.leave(); },
  leave() { this.shown = false; clearTimeout(this.timer); },

  /** Who is here is looked up again by itself while the event runs. */
  watch(event) {
    clearTimeout(this.timer);
    if (this.shown && event.status === "published" && !eventView.isOver(event)) this.timer = setTimeout(() => this.reload(), LOOK_AGAIN_MS);
  },

  async step(verb, question) {
    if (question) {
      const { confirm } = await wx.showModal({ title: t(`grid_event.${verb}`), content: question, confirmText: t(`grid_event.${verb}`), cancelText: t("common.no") });
      if (!confirm) return;
    }
    if (await this.act(verb, () => api.post(`/events/${this.query.id}/${verb}`))) await this.reload();
  },

  publish() { return this.step("publish"); },
  cancel() { return this.step("cancel", t("grid_event.cancel_sure")); },
  close() { return this.step("close", t("grid_event.close_sure")); },
});
