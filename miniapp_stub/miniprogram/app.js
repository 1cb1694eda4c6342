const network = require("./lib/network");
const scanQueue = require("./lib/scan-queue");

/** What is shown of the time without a network, or waits for it, is read anew; what somebody is filling in is left alone. */
function readAnew() {
  const page = getCurrentPages().slice(-1)[0];
  if (page && page.reload && (page.data.staleAt || page.data.waiting || page.data.state !== "ready")) page.reload();
}

App({
  onLaunch() {
    network.start();
    network.whenBack(() => {
      scanQueue.send().catch(() => {}); // the page that shows what waits says why it still does
      readAnew();
    });
  },
});
