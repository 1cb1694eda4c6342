const network = require("./lib/network");
const scanQueue = require("./lib/scan-queue");

App({
  onLaunch() {
    network.start();
    network.whenBack(() => scanQueue.send());
  },
});
