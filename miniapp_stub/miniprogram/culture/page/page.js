const api = require("../../lib/api");
const view = require("../../lib/culture-view");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("culture_page", {
  data: { questions: [], isFull: false, isTold: false, result: "" },

  /** What was chosen stays on this page alone, also while it is read again; another page's questions begin anew. */
  async load({ id }) {
    const found = await api.get(`/knowledge-pages/${id}`);
    const { questions, ...page } = view.page(found);
    const asked = (them) => JSON.stringify(them.map((each) => [each.asks, each.options]));
    if (asked(questions) === asked(this.data.questions)) return { page, stale: found.stale };
    return { page, questions, isFull: false, isTold: false, result: "", stale: found.stale };
  },

  choose(event) {
    if (this.data.isTold) return;
    const { index } = event.currentTarget.dataset;
    this.setData({ [`questions[${index}].value`]: event.detail.value });
    this.setData({ isFull: this.data.questions.every(({ value }) => value !== null) });
  },

  async answer() {
    const { questions } = this.data;
    const found = await this.act("answer", () => api.post(`/knowledge-pages/${this.query.id}/answers`, { answers: questions.map(({ value }) => value) }));
    if (!found) return;
    const right = found.items.filter((each) => each.right).length;
    this.setData({ isTold: true, result: t("culture_page.result", { right, all: questions.length }), questions: questions.map((each, index) => ({ ...each, told: view.told(found.items[index], each) })) });
  },

  again() {
    this.setData({ isTold: false, isFull: false, result: "", questions: this.data.questions.map((each) => ({ ...each, value: null, told: null })) });
    wx.pageScrollTo({ selector: "#quiz", duration: 200, fail() {} });
  },
});
