// Type as large as the phone's own setting, or larger where a person asks for it here. Steps, because pages carry no inline styles.
const store = require("./store");

const STEPS = [100, 110, 120, 130, 140, 160];
const LARGE = 1.4;

const isLarge = () => store.read("large", false);
const setLarge = (large) => store.write("large", Boolean(large));

/** The class for a page's root. */
function sizeClass() {
  const scale = Math.max(wx.getAppBaseInfo().fontSizeScaleFactor || 1, isLarge() ? LARGE : 1) * 100;
  const step = STEPS.reduce((nearest, each) => (Math.abs(each - scale) < Math.abs(nearest - scale) ? each : nearest));
  return `size-${step}`;
}

module.exports = { isLarge, setLarge, sizeClass };
