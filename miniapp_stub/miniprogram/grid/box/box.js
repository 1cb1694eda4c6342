const api = require("../../lib/api");
const { t } = require("../../lib/i18n");
const screen = require("../../lib/screen");

/** Who has no phone puts a sheet without a name into the box; that they did is one act, and what stands on a sheet is another. */
screen("box", {
  data: { people: [] },

  async load({ id }) {
    const [boxes, { items, stale }] = await Promise.all([api.all("/civility/questionnaires/on-paper"), api.all(`/civility/questionnaires/${id}/without-phone`)]);
    const box = boxes.items.find((each) => each.id === id);
    return {
      id, open: Boolean(box), area: box ? box.area_name : "", counts: box ? t("box.counts", { n: box.handed_in, typed: box.typed }) : "", left: box ? box.to_type : 0, stay: box ? box.handed_in - box.typed > box.to_type : false,
      people: items.map((each) => ({ id: each.person_id, name: each.display_name })), sheet: `/civility/questionnaire/questionnaire?id=${id}&box=1`, stale,
    };
  },

  async handIn(event) {
    const { id, name } = event.currentTarget.dataset;
    const { confirm } = await wx.showModal({ title: t("box.sure", { name }), content: t("box.sure_why"), confirmText: t("box.yes"), cancelText: t("common.no") });
    if (!confirm) return;
    await this.act(id, () => api.post(`/civility/questionnaires/${this.query.id}/without-phone/${id}/hand-in`));
    await this.reloadKeepingProblem();
  },
});
