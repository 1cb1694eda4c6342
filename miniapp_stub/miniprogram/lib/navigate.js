// Going elsewhere by a URL of the app, whatever kind of page it is.
const TABS = ["/pages/home/home", "/pages/events/events", "/pages/offers/offers", "/pages/wallet/wallet", "/pages/me/me"];

function go(url) {
  if (TABS.includes(url.split("?")[0])) wx.switchTab({ url });
  else wx.navigateTo({ url });
}

const restart = (url) => wx.reLaunch({ url });

/** Back where we came from, or home where this page was the first. */
function back() {
  if (getCurrentPages().length > 1) wx.navigateBack();
  else restart(TABS[0]);
}

module.exports = { TABS, back, go, restart };
