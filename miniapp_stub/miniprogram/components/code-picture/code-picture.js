// A rotating code: fetched again before it ends; what has ended is never left on the screen, with a network or without.
const api = require("../../lib/api");
const keptCode = require("../../lib/kept-code");
const { offline, problemOf } = require("../../lib/problem");

const RETRY_S = 4;
const LATE_S = 8; // the server takes a code for some seconds after it has ended
const TICK_MS = 1000;

Component({
  properties: { path: String, picturePath: String, label: String },
  data: { picture: "", problem: null },

  observers: {
    "path, picturePath"(path, picturePath) {
      if (path && picturePath && this.alive) this.refresh();
    },
  },

  lifetimes: {
    attached() {
      this.alive = true;
      if (this.data.path) this.refresh();
    },
    detached() {
      this.alive = false;
      clearTimeout(this.timer);
      clearTimeout(this.ending);
    },
  },

  pageLifetimes: {
    show() { if (this.alive && this.data.path) this.refresh(); },
    hide() { clearTimeout(this.timer); },
  },

  methods: {
    async refresh() {
      clearTimeout(this.timer);
      const asked = this.data.path;
      this.round = (this.round || 0) + 1;
      const mine = this.round;
      let wait = RETRY_S;
      try {
        const shown = await api.get(asked);
        if (shown.stale) throw offline(); // a code that was kept is no code
        const picture = await api.picture(this.data.picturePath);
        if (!this.alive || mine !== this.round) return;
        wait = shown.refresh_after_s;
        this.setData({ picture, problem: null });
        this.endAt(wait + LATE_S);
        keptCode.keep(asked, picture, Date.now() + (wait + LATE_S) * TICK_MS);
        this.triggerEvent("shown", shown);
      } catch (error) {
        if (!this.alive || mine !== this.round) return;
        const problem = problemOf(error);
        if (problem.isOffline) this.showLast(asked);
        this.setData({ problem: problem.shown, ...(problem.isOffline ? {} : { picture: "" }) });
        this.triggerEvent("refused", problem.shown);
        if (!problem.isOffline) wait = 15;
      }
      this.timer = setTimeout(() => this.refresh(), wait * TICK_MS);
    },

    /** Without a network: the one that was shown last, on this page or before it was left, for as long as it lives. */
    showLast(path) {
      const last = keptCode.last(path);
      if (this.data.picture || !last) return;
      this.setData({ picture: last.picture });
      this.endAt((last.until - Date.now()) / TICK_MS);
    },

    endAt(seconds) {
      clearTimeout(this.ending);
      this.ending = setTimeout(() => { if (this.alive) this.setData({ picture: "" }); }, seconds * TICK_MS);
    },
  },
});
