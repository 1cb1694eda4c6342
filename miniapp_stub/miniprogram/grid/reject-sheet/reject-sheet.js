// Why a record is not approved: a reason chosen, or typed.
const { section, t } = require("../../lib/i18n");

const REASONS = ["not_there", "too_long", "no_proof", "twice"];

Component({
  properties: { open: Boolean, busy: Boolean, count: Number, problem: null },
  data: { t: {}, reasons: [], reason: "", other: "" },
  observers: {
    open(open) {
      if (!open) return;
      this.setData({ t: section("queue"), reason: "", other: "", reasons: REASONS.map((value) => ({ value, text: t(`queue.reason_${value}`) })) });
    },
  },
  methods: {
    choose(event) { this.setData({ reason: event.detail.value }); },
    typed(event) { this.setData({ other: event.detail.value }); },
    close() { this.triggerEvent("close"); },
    closeProblem() { this.triggerEvent("read"); },
    reject() { this.triggerEvent("reject", { reason: this.data.other.trim() || t(`queue.reason_${this.data.reason}`) }); },
  },
});
