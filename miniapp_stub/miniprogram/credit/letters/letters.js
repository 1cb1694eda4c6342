const api = require("../../lib/api");
const credit = require("../../lib/credit");
const view = require("../../lib/credit-view");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");

screen("credit_letters", {
  data: { chosen: "" },

  onLoad({ who }) {
    if (who) this.setData({ chosen: who });
  },

  async load() {
    const me = await api.get("/me");
    const off = view.isOff(me);
    const [subjects, letters, receivers] = await Promise.all([credit.subjects(me), api.all("/letters"), off ? { items: [] } : api.all("/letter-receivers")]);
    const joined = subjects.filter(({ file }) => file && file.joined_on);
    this.subject = joined.find(({ value }) => value === this.data.chosen) || joined[0];
    const names = new Map(subjects.filter(({ file }) => file).map(({ file, text }) => [file.id, text]));
    return {
      off, subjects: joined, chosen: this.subject ? this.subject.value : "", stale: me.stale,
      letters: letters.items.map((row) => ({ ...view.letter(row), whose: names.get(row.file_id) || "" })),
      receivers: receivers.items.filter((row) => !row.ended_at).map(view.receiver),
    };
  },

  choose(event) {
    this.setData({ chosen: event.detail.value, problem: null });
    return this.reload();
  },

  open(event) { navigate.go(`/credit/letter/letter?id=${event.currentTarget.dataset.id}`); },

  /** Nothing goes out: what comes back is a draft to read. */
  async ask(event) {
    const made = await this.act("ask", () => api.post("/letters", { receiver_id: event.currentTarget.dataset.id, ...credit.wanted(this.subject) }));
    if (made) navigate.go(`/credit/letter/letter?id=${made.id}`);
  },
});
