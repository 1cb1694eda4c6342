const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const messageView = require("../../lib/message-view");
const navigate = require("../../lib/navigate");
const notices = require("../../lib/notices");
const screen = require("../../lib/screen");

const AT_ONCE = 30;

screen("inbox", {
  data: { items: [], cursor: null, unread: "", templates: [], asking: false },

  async load() {
    const [page, { unread }, templates] = await Promise.all([
      api.get("/me/messages", { limit: AT_ONCE }), api.get("/me/messages/unread"), notices.offered()]);
    return {
      items: page.items.map((message) => messageView(message)), cursor: page.next_cursor, stale: page.stale, templates,
      unread: unread ? t("inbox.unread", { n: unread }) : "",
    };
  },

  /** What it is about opens at once; that it was read is told meanwhile, and told again by the next tap if it was lost. */
  open(event) {
    const message = this.data.items.find((each) => each.id === event.currentTarget.dataset.id);
    // Who is back here before it was told sees it once it is.
    if (!message.read) this.act("read", () => api.post(`/me/messages/${message.id}/read`)).then(() => this.reload());
    if (message.url) navigate.go(message.url);
  },

  async readAll() {
    await this.act("read", () => api.post("/me/messages/read-all"));
    await this.reload();
  },

  async more() {
    const page = await this.act("more", () => api.get("/me/messages", { limit: AT_ONCE, cursor: this.data.cursor }));
    if (page) this.setData({ items: [...this.data.items, ...page.items.map((message) => messageView(message))], cursor: page.next_cursor });
  },

  askToRing() { this.setData({ asking: true }); },
  cancel() { this.setData({ asking: false }); },

  async ring() {
    const accepted = await this.act("ring", () => notices.ask(this.data.templates));
    if (accepted === undefined) return;
    this.setData({ asking: false });
    wx.showToast({ title: accepted ? t("inbox.ring_yes") : t("inbox.ring_no"), icon: "none" });
    await this.reload();
  },
});
