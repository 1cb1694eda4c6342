module.exports = { ...require("./zh/words"), ...require("./zh/resident"), ...require("./zh/shop"), ...require("./zh/grid"), ...require("./zh/credit"), ...require("./zh/culture") };
