// WeChat's built-in components that are more than an element: made here, with the documented properties and events.
import { builtins } from "./gen/builtins.js";
import { fileAddress } from "./files.js";
import { say } from "./words.js";

const IMAGE = {
  properties: { src: String, mode: { type: String, value: "scaleToFill" }, ariaLabel: String },
  data: { address: "" },
  observers: { src(src) { this.setData({ address: fileAddress(src) }); } },
};

const SWITCH = {
  properties: { checked: Boolean, disabled: Boolean, ariaLabel: String },
  methods: { chosen(event) { this.triggerEvent("change", { value: event.detail.checked }); } },
};

const PICKER = {
  properties: {
    mode: { type: String, value: "selector" }, value: null, range: Array, rangeKey: String, start: String, end: String,
    disabled: Boolean, ariaLabel: String,
  },
  data: { names: [] },
  observers: {
    "range, rangeKey"(range, key) { this.setData({ names: (range || []).map((each, at) => ({ at, text: key ? each[key] : each })) }); },
  },
  methods: { chosen(event) { this.triggerEvent("change", { value: event.detail.value }); } },
};

// Our own pages refuse to be framed, so another page opens beside the app, by a link.
const WEB_VIEW = {
  properties: { src: String },
  data: { label: "" },
  observers: { src() { this.setData({ label: say("open_page") }); } },
};

/** Make them known in the framework's own space, and give them to every page and component of the app. */
export function defineBuiltins(global, app) {
  for (const [name, made] of Object.entries({ image: IMAGE, switch: SWITCH, picker: PICKER, "web-view": WEB_VIEW })) {
    const definition = global.define(name).definition({
      properties: made.properties, data: made.data || {}, methods: made.methods || {},
      observers: Object.entries(made.observers || {}).map(([fields, observer]) => ({ fields, observer })),
      template: { groupList: builtins, content: builtins[name] },
    });
    definition.registerComponent();
    global.exportComponent(name, name);
    app.setGlobalUsingComponent(name, global.getExportedComponent(name));
  }
}
