// The pictures behind a record, each with its state: small, and large when tapped. `mine`: sent by who looks.
const api = require("../../lib/api");
const { section } = require("../../lib/i18n");
const recordView = require("../../lib/record-view");
const { sizeClass } = require("../../lib/type-size");

Component({
  properties: { pictures: Array, mine: Boolean },
  data: { t: {}, size: "", shown: [] },
  observers: { pictures() { if (this.alive) this.show(); } },
  lifetimes: {
    attached() {
      this.alive = true;
      this.paths = {};
      this.show();
    },
    detached() { this.alive = false; },
  },

  methods: {
    /** Read by the person's own right: a picture has no address that anyone could open. */
    async show() {
      const wanted = this.data.pictures.map((picture) => recordView.picture(picture, this.data.mine));
      await Promise.all(wanted.filter((each) => !each.hidden && !this.paths[each.id]).map(async ({ id }) => {
        this.paths[id] = await api.download(`/evidence/${id}`).catch(() => "");
      }));
      if (this.alive) this.setData({ t: section("pictures"), size: sizeClass(), shown: wanted.map((each) => ({ ...each, path: this.paths[each.id] || "" })) });
    },

    enlarge(event) {
      const { path } = event.currentTarget.dataset;
      if (!path) return this.show();
      return wx.previewImage({ urls: this.data.shown.map((each) => each.path).filter(Boolean), current: path });
    },
  },
});
