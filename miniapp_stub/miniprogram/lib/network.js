// Whether there is a network, and who wants to know when it comes back.
const listeners = [];

function start() {
  wx.onNetworkStatusChange(({ isConnected }) => listeners.forEach((listener) => listener(isConnected)));
}

function whenBack(act) {
  listeners.push((isConnected) => { if (isConnected) act(); });
}

module.exports = { start, whenBack };
