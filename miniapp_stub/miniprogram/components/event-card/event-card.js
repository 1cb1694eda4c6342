const { t } = require("../../lib/i18n");

Component({
  properties: { event: Object },
  data: { now: "" },
  lifetimes: { attached() { this.setData({ now: t("event.now") }); } },
  methods: { open() { this.triggerEvent("open", { id: this.data.event.id }); } },
});
