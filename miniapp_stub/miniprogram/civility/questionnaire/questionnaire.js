const api = require("../../lib/api");
const view = require("../../lib/civility-view");
const { t } = require("../../lib/i18n");
const navigate = require("../../lib/navigate");
const screen = require("../../lib/screen");

const SCALE = [1, 2, 3, 4, 5].map((value) => ({ value, text: String(value) }));
const yesOrNo = () => [1, 0].map((value) => ({ value, text: t(`civility_questionnaire.answer_${value}`) }));

/** Each question by its leaf's code and its place there. What is chosen stays on this page alone, also without a network: the phone keeps none of it. */
const questions = (leaves) => leaves.flatMap((leaf) => leaf.items.map((item, at) => ({
  key: `${leaf.code}/${at}`, code: leaf.code, at, text: view.called(item), hint: view.called(leaf, "evidence"), options: leaf.answers === "scale" ? SCALE : yesOrNo(), value: null,
})));

screen("civility_questionnaire", {
  data: { questions: [] },

  async load({ id, box }) {
    const found = await api.get(`/civility/questionnaires/${id}`);
    const chosen = Object.fromEntries(this.data.questions.map((each) => [each.key, each.value]));
    return {
      area: found.area_name, days: view.days(found), box: Boolean(box), answered: !box && found.is_answered === true,
      open: found.status === "open" && (Boolean(box) || found.is_answered === false), stale: found.stale,
      questions: questions(found.questions).map((each) => ({ ...each, value: each.key in chosen ? chosen[each.key] : null })),
    };
  },

  /** The same answer again takes it back: none has to be given. */
  choose(event) {
    const { index } = event.currentTarget.dataset;
    const { value } = event.detail;
    this.setData({ [`questions[${index}].value`]: this.data.questions[index].value === value ? null : value });
  },

  answers() {
    const found = {};
    for (const { code, at, value } of this.data.questions) {
      found[code] = found[code] || [];
      found[code][at] = value;
    }
    return found;
  },

  async send() {
    const { box } = this.data;
    const done = await this.act("send", async () => {
      const answer = await api.post(`/civility/questionnaires/${this.query.id}/${box ? "sheets" : "answers"}`, { answers: this.answers() }, { untold: box });
      return answer || true;
    });
    if (done) this.setData({ questions: [] });
    if (done && box) wx.showToast({ title: t(done.to_type ? "civility_questionnaire.typed" : "civility_questionnaire.typed_all"), icon: "none" });
    if (done && box && !done.to_type) navigate.back();
    else if (done) await this.reload();
  },

  /** A lost answer: the first one counts. */
  refused(problem) {
    if (problem.code === "already_answered") this.setData({ answered: true, open: false });
  },
});
