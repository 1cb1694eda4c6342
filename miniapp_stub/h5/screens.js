// The stack of pages, with WeChat's rules: tabs stay alive, navigateTo goes at most ten deep, switchTab closes what is not a tab.
import { app, config, pages } from "./gen/app.js";
import { resolve } from "./modules.js";
import { scopeOf } from "./scopes.js";

const DEEPEST = 10;
const tabPaths = app.tabBar.list.map((tab) => tab.pagePath);

function parse(url) {
  const [path, query = ""] = url.replace(/^\//, "").split("?");
  return { path, query: Object.fromEntries(query.split("&").filter(Boolean).map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
  })) };
}

export class Screens {
  constructor(createRoot) {
    this.createRoot = createRoot;
    this.stack = [];
    this.tabs = {};
    this.place = document.getElementById("pages");
    this.tabBarPlace = document.getElementById("tabs");
    this.title = document.getElementById("title");
    this.back = document.getElementById("back");
    this.back.addEventListener("click", () => (this.stack.length > 1 ? history.back() : this.reLaunch(`/${app.pages[0]}`)));
    addEventListener("popstate", (event) => (event.state ? this.popTo(event.state.depth) : this.start())); // no state: an address was typed
    document.addEventListener("visibilitychange", () => this.tell(document.hidden ? "onHide" : "onShow"));
  }

  get top() { return this.stack.at(-1); }

  get firstPath() { return parse(location.hash.slice(1) || `/${app.pages[0]}`).path; }

  start() {
    const asked = location.hash.slice(1);
    this.reLaunch(pages.includes(parse(asked).path) ? asked : `/${app.pages[0]}`);
  }

  tell(lifetime, ...facts) {
    const page = this.top?.page;
    return page?.[lifetime]?.(...facts);
  }

  absolute(url) { return url.startsWith("/") ? url : `/${resolve(this.top.path, url.split("?")[0])}${url.includes("?") ? `?${url.split("?")[1]}` : ""}`; }

  navigateTo(url) {
    url = this.absolute(url);
    this.mustBePage(url);
    if (tabPaths.includes(parse(url).path)) throw new Error("can not navigateTo a tabbar page");
    if (this.stack.length >= DEEPEST) throw new Error("webview count limit exceed");
    this.hide();
    this.stack.push(this.mount(url));
    history.pushState({ depth: this.stack.length }, "", `#${url}`);
    this.show();
  }

  redirectTo(url) {
    url = this.absolute(url);
    this.mustBePage(url);
    if (tabPaths.includes(parse(url).path)) throw new Error("can not redirectTo a tabbar page");
    this.close(this.stack.pop());
    this.replaceWith(this.mount(url), url);
  }

  reLaunch(url) {
    url = this.absolute(url);
    this.mustBePage(url);
    while (this.stack.length) this.close(this.stack.pop());
    for (const tab of Object.values(this.tabs)) this.unmount(tab);
    this.tabs = {};
    this.replaceWith(this.mount(url), url);
  }

  switchTab(url) {
    const { path } = parse(this.absolute(url));
    if (!tabPaths.includes(path)) throw new Error("can not switch to no-tabBar page");
    if (this.top?.path === path) return;
    this.hide();
    while (this.stack.length) this.close(this.stack.pop());
    this.replaceWith(this.tabs[path] || this.mount(`/${path}`), `/${path}`);
  }

  navigateBack(delta = 1) {
    if (this.stack.length > 1) history.go(-Math.min(delta, this.stack.length - 1));
  }

  popTo(depth) {
    if (depth >= this.stack.length) return;
    while (this.stack.length > Math.max(1, depth)) this.close(this.stack.pop());
    history.replaceState({ depth: this.stack.length }, "", `#${this.top.url}`);
    this.show();
  }

  hide() {
    if (!this.top) return;
    this.top.scrolled = this.top.element.scrollTop;
    this.tell("onHide");
  }

  mustBePage(url) {
    if (!pages.includes(parse(url).path)) throw new Error(`page "${url}" is not found`);
  }

  replaceWith(screen, url) {
    this.stack.push(screen);
    history.replaceState({ depth: this.stack.length }, "", `#${url}`);
    this.show();
  }

  mount(url) {
    const { path, query } = parse(url);
    const element = document.createElement("div");
    element.className = `wx-page ${scopeOf(path)}`;
    element.tabIndex = 0; // a page of text alone is scrolled by keys too
    element.append(document.createElement("div"));
    this.place.append(element);
    const root = this.createRoot(path);
    root.attach(element, element.firstChild);
    const component = root.get();
    const screen = { path, url, element, page: component.getMethodCaller?.() ?? component, isTab: tabPaths.includes(path) };
    screen.page.route = path;
    if (screen.isTab) this.addTab(screen);
    this.stack.push(screen); // the page is on the stack while onLoad runs
    screen.page.onLoad?.(query);
    if (this.top === screen) this.stack.pop();
    return screen;
  }

  // With "custom": true each tab page has its own instance of the component custom-tab-bar/index.
  addTab(screen) {
    const bar = document.createElement("div");
    bar.append(document.createElement("div"));
    this.tabBarPlace.append(bar);
    const root = this.createRoot("custom-tab-bar/index");
    root.attach(bar, bar.firstChild);
    const component = root.get();
    screen.bar = bar;
    screen.page.getTabBar = () => component.getMethodCaller?.() ?? component;
    this.tabs[screen.path] = screen;
  }

  close(screen) {
    if (!screen || screen.isTab) return;
    this.unmount(screen);
  }

  unmount(screen) {
    screen.page.onUnload?.();
    screen.element.remove();
    screen.bar?.remove();
  }

  show() {
    const shown = this.top;
    for (const element of this.place.children) element.hidden = element !== shown.element;
    shown.element.scrollTop = shown.scrolled || 0; // a hidden element forgets it
    for (const bar of this.tabBarPlace.children) bar.hidden = bar !== shown.bar;
    this.setTitle(config[shown.path]?.navigationBarTitleText || app.window.navigationBarTitleText || "");
    this.back.hidden = this.stack.length < 2 && (shown.isTab || shown.path === app.pages[0]);
    this.back.classList.toggle("home", this.stack.length < 2);
    document.getElementById("refresh").hidden = !config[shown.path]?.enablePullDownRefresh;
    this.tell("onShow");
  }

  /** `selector` and its `offsetTop` come before `scrollTop`; `duration` in milliseconds, 0 for at once. */
  scrollTo({ scrollTop, selector, offsetTop = 0, duration = 300 }) {
    const { element } = this.top;
    const found = selector && element.querySelector(selector.replace(/#([\w-]+)/g, '[id$="--$1"]')); // the framework puts its own prefix before an id
    if (selector && !found) throw new Error("selector not found");
    const top = found ? found.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop + offsetTop : scrollTop;
    element.scrollTo({ top, behavior: duration ? "smooth" : "instant" });
  }

  setTitle(text) {
    this.title.textContent = text;
    document.title = text;
  }
}
