// What every page shares: a signed-in person, their language and type size, its four states, and one act at a time.
const i18n = require("./i18n");
const { clock } = require("./format");
const navigate = require("./navigate");
const { problemOf } = require("./problem");
const session = require("./session");
const { sizeClass } = require("./type-size");

const decoded = (query) => Object.fromEntries(Object.entries(query || {}).map(([name, value]) => [name, decodeURIComponent(value)]));

function urlOf(page) {
  const query = Object.entries(page.query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `/${page.route}${query ? `?${query}` : ""}`;
}

/** The words, the size and the title follow what the person has chosen meanwhile on another page. */
function dress(page, name) {
  const words = i18n.section(name);
  wx.setNavigationBarTitle({ title: words.title });
  const wear = `${i18n.language()} ${sizeClass()}`;
  if (page.wear === wear) return;
  page.wear = wear;
  page.setData({ t: words, size: sizeClass() });
}

const shared = {
  go(event) {
    navigate.go(event.currentTarget.dataset.url);
  },

  /** Read again what the page shows. Once something is shown, a failure leaves it there and says so. */
  async reload() {
    if (!this.load) return this.setData({ state: "ready" });
    this.saidSince = false;
    try {
      const found = await this.load(this.query);
      const said = this.saidSince ? {} : { problem: null }; // a refusal of what was done meanwhile stays to be read
      this.setData({ ...found, ...said, state: "ready", staleAt: found && found.stale ? clock(found.stale) : "" });
    } catch (error) {
      const problem = problemOf(error);
      if (this.data.state === "ready") return this.setData({ problem: problem.shown });
      this.setData({ state: problem.isOffline ? "offline" : "error", problem: problem.shown });
    }
    return undefined;
  },

  /** What was refused stays to be read while the page shows how things are now. */
  async reloadKeepingProblem() {
    const { problem } = this.data;
    await this.reload();
    if (problem) this.setData({ problem });
  },

  /** Do one thing; a second tap meanwhile is not a second act. Gives what `work` gave, or undefined after a refusal, which is shown. */
  async act(name, work) {
    if (this.data.busy) return undefined;
    this.setData({ busy: name, problem: null, wrong: {} });
    try {
      return await work();
    } catch (error) {
      const problem = problemOf(error);
      this.showProblem(problem);
      if (this.refused) this.refused(problem);
      return undefined;
    } finally {
      this.setData({ busy: "" });
    }
  },

  /** Say what was refused where it can be seen, however long the page, and mark the fields that it is about. */
  showProblem(problem) {
    this.saidSince = true;
    const errors = Object.entries(problem.body.errors || {}).filter(([field]) => this.fields[field]);
    const labels = Object.fromEntries(errors.map(([field]) => [field, this.data.t[this.fields[field]]]));
    const wrong = Object.fromEntries(errors.map(([field, [sentence]]) => [this.fields[field], sentence]));
    this.setData({ problem: problem.shownWith(labels), wrong }, () => wx.pageScrollTo({ selector: "#refusal", offsetTop: -12, duration: 200, fail() {} }));
  },

  closeProblem() {
    this.setData({ problem: null });
  },

  onPullDownRefresh() {
    return this.reload().then(() => wx.stopPullDownRefresh());
  },
};

/**
 * Make a page. `name` is its section in the catalogue; `load(query)` gives what it shows; `isOpen` needs no sign-in; `fields` gives, for
 * each field that the server may refuse, the word of the section that stands above it, which is also its name in `wrong`.
 */
module.exports = function screen(name, { isOpen = false, data = {}, fields = {}, onLoad, onShow, ...own }) {
  Page({
    ...shared,
    ...own,
    data: { state: own.load ? "loading" : "ready", problem: null, wrong: {}, busy: "", staleAt: "", size: sizeClass(), t: i18n.section(name), ...data },

    onLoad(query) {
      this.query = decoded(query);
      this.fields = fields;
      this.wear = "";
      dress(this, name);
      if (onLoad) onLoad.call(this, this.query);
    },

    onShow() {
      if (!isOpen && !session.current()) return navigate.restart(`/pages/sign-in/sign-in?to=${encodeURIComponent(urlOf(this))}`);
      dress(this, name);
      const at = navigate.TABS.indexOf(`/${this.route}`);
      if (at >= 0 && this.getTabBar) this.getTabBar().choose(at);
      if (onShow) onShow.call(this);
      return this.reload();
    },
  });
};
