module.exports = { ...require("./en/words"), ...require("./en/resident"), ...require("./en/shop"), ...require("./en/grid"), ...require("./en/credit"), ...require("./en/culture") };
