const api = require("../../lib/api");
const { couponCodeOf } = require("../../lib/codes");
const format = require("../../lib/format");
const { t, word } = require("../../lib/i18n");
const { Problem } = require("../../lib/problem");
const scanner = require("../../lib/scanner");
const screen = require("../../lib/screen");
const session = require("../../lib/session");
const shops = require("../../lib/shops");
const signals = require("../../lib/signals");

const asksSpend = (problem) => problem && (problem.code === "below_minimum_spend" || (problem.errors && problem.errors.spend_fen));

screen("till", {
  fields: { spend_fen: "spend", code: "type_code" },
  data: { code: "", spend: "", preview: null, needsSpend: false, done: null, shops: [] },

  async load() {
    const found = await shops.mine();
    const shop = shops.current(found);
    return {
      shop, shops: found.map((each) => ({ value: each.id, text: each.name })), many: found.length > 1,
      isOwner: session.hasRole("merchant_owner"), suspended: Boolean(shop && shop.status !== "active"),
    };
  },

  chooseShop(event) {
    shops.choose(event.detail.value);
    this.again();
    return this.reload();
  },

  async scan() {
    this.again();
    const text = await this.act("scan", scanner.scan);
    if (!text) return;
    this.setData({ code: couponCodeOf(text) || text });
    await this.look();
  },

  typed(event) { this.setData({ code: event.detail.value, preview: null, problem: null }); },

  /** What was worked out for another amount is not what will be given. */
  typedSpend(event) {
    const { preview } = this.data;
    this.setData({ spend: event.detail.value, preview: preview && { ...preview, ready: false } });
  },

  sale() {
    const code = couponCodeOf(this.data.code);
    if (!code) throw new Problem(-1, { code: "coupon_code_invalid", detail: t("till.no_code") });
    const spend_fen = this.data.spend ? format.fenOf(this.data.spend) : undefined;
    if (spend_fen === null) throw new Problem(-1, { code: "bad_amount", detail: t("till.bad_amount") });
    return { code, shop_id: this.data.shop.id, ...(spend_fen === undefined ? {} : { spend_fen }) };
  },

  /** What will be given, before it is. */
  async look() {
    const { code, spend } = this.data;
    this.setData({ done: null }); // else the last success stands above what is said of this one
    const preview = await this.act("look", () => {
      this.previewed = this.sale();
      return api.post("/redemptions/preview", this.previewed);
    });
    if (!preview) return signals.no();
    if (code !== this.data.code) return undefined; // typed over meanwhile
    const { problem } = preview;
    const needsSpend = Boolean(this.data.needsSpend || asksSpend(problem));
    const refused = problem && !(asksSpend(problem) && !this.data.spend) ? new Problem(problem.status, problem).shown : null;
    if (refused) signals.no();
    return this.setData({
      needsSpend, problem: refused, preview: preview.title && (preview.can_redeem || needsSpend) ? {
        title: preview.title, kind: word("offer_kind", preview.kind), from: preview.min_spend_fen ? t("coupon.from", { amount: format.yuan(preview.min_spend_fen) }) : "", holder: preview.holder, ready: preview.can_redeem && spend === this.data.spend, amount: format.yuan(preview.discount_fen) } : null,
    });
  },

  /** Confirmed is what was shown. */
  async redeem() {
    const { title } = this.data.preview;
    const made = await this.act("redeem", () => api.post("/redemptions", this.previewed, { once: true }));
    if (!made) return signals.no();
    signals.yes();
    this.again();
    return this.setData({ done: { id: made.id, title, amount: format.yuan(made.discount_fen), at: format.clock(made.at) } });
  },

  again() {
    this.setData({ code: "", spend: "", preview: null, needsSpend: false, done: null, problem: null });
  },
});
