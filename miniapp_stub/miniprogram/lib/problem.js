// How the server, or the road to it, said no: a code for the program, a sentence for the person, and a way on.
const { dayAndClock } = require("./format");
const { t, word } = require("./i18n");

const WAYS = { // where a button leads after this refusal
  off_line_code_lives: { text: "ways.show_my_code", url: "/pages/my-code/my-code" },
  location_required: { text: "ways.show_my_code", url: "/pages/my-code/my-code" },
  too_far: { text: "ways.show_my_code", url: "/pages/my-code/my-code" },
  insufficient_points: { text: "ways.earn", url: "/pages/events/events" },
  not_checked_in: { text: "ways.show_my_code", url: "/pages/my-code/my-code" },
};

class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || body.title || t("problem.unexpected"));
    this.status = status;
    this.code = body.code || "unknown";
    this.body = body;
  }

  get isOffline() { return this.status === 0; }

  /** What a page shows: plain data. `labels` names the fields of its form as the person knows them. */
  shownWith(labels) {
    const errors = Object.entries(this.body.errors || {}).map(([field, [sentence]]) => (
      labels[field] ? t("problem.field", { label: labels[field], sentence }) : sentence));
    const way = WAYS[this.code];
    const used = this.code === "coupon_already_used" && this.body.used_at ? t("coupon.used_at", { when: dayAndClock(this.body.used_at) }) : "";
    return {
      offline: this.isOffline, code: this.code, title: this.message, ways: [used, word("way", this.code) === this.code ? "" : word("way", this.code)].filter(Boolean).join("\n"),
      errors, action: way ? { text: t(way.text), url: way.url } : null, request_id: this.status >= 500 ? this.body.request_id || "" : "",
    };
  }

  get shown() { return this.shownWith({}); }
}

/** A field that the phone itself refuses, under the name that it has at the server. */
const invalid = (field, sentence) => new Problem(-1, { code: "validation_failed", detail: t("problem.fields"), errors: { [field]: [sentence] } });

const offline = () => new Problem(0, { code: "offline", detail: t("problem.offline") });

/** Any error as a Problem: a mistake of ours is one too, and is not swallowed. */
function problemOf(error) {
  if (error instanceof Problem) return error;
  console.error(error);
  return new Problem(-1, { code: "unexpected" });
}

module.exports = { Problem, invalid, offline, problemOf };
