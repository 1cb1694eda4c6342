// Runs the native mini program in a browser, on Tencent's own component framework (glass-easel).
import * as glassEasel from "./gen/glass_easel.js";
import { MiniProgramEnv } from "./gen/glass_easel_adapter.js";
import { app as appJson, config, scopes, templates } from "./gen/app.js";
import { defineBuiltins } from "./builtins.js";
import { listen } from "./events.js";
import { load } from "./modules.js";
import { Screens } from "./screens.js";
import { readDoor } from "./door.js";
import { listenForPhoneNumbers } from "./phone-number.js";
import { listenForShares } from "./share.js";
import { makeWx } from "./wx.js";

const env = new MiniProgramEnv();
const space = env.createCodeSpace("", true);
defineBuiltins(env.getGlobalCodeSpace().getComponentSpace(), space.getComponentSpace());
space.getComponentSpace().updateComponentOptions({ writeIdToDOM: true, useMethodCallerListeners: true });
for (const [name, about] of Object.entries(config)) {
  space.addComponentStaticConfig(name, { ...about, usingComponents: { ...appJson.usingComponents, ...about.usingComponents } });
  if (name in scopes) space.addStyleSheet(name, name, scopes[name]);
  space.addCompiledTemplate(name, { groupList: templates, content: templates[name] });
}

const backend = env.associateBackend(new glassEasel.CurrentWindowBackendContext());
for (const name of Object.keys(scopes)) backend.registerStyleSheetContent(name, ""); // the rules are in gen/app.css

const screens = new Screens((page) => backend.createRoot("page", space, page));
let app = {};
globalThis.App = (made) => { app = made; };
globalThis.getApp = () => app;
globalThis.getCurrentPages = () => screens.stack.map((screen) => screen.page);
globalThis.wx = makeWx(screens);

load("app");
for (const name of Object.keys(config)) space.globalComponentEnv(globalThis, name, () => load(name));
listen(document.getElementById("pages"));
listen(document.getElementById("tabs"));
listenForShares(screens, globalThis.wx);
listenForPhoneNumbers(readDoor(location.search), globalThis.wx);
app.onLaunch?.({ path: screens.firstPath, query: {}, scene: 1001 });
screens.start();
