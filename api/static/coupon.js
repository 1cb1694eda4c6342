// The API draws the sheet; a page that is opened by its address cannot send a token, so it is fetched into this one.
import { getText, sheet } from "./access.js";

const { coupon: id } = document.body.dataset;

sheet(async () => {
  const given = new DOMParser().parseFromString(await getText(`/coupons/${id}/print`), "text/html");
  document.querySelector("main").replaceWith(given.querySelector("main"));
});
