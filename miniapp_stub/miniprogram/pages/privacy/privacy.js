const { catalogues, language } = require("../../lib/i18n");
const screen = require("../../lib/screen");

screen("privacy", {
  isOpen: true,
  data: { parts: [] },
  load: () => ({ parts: catalogues[language()].privacy.parts }),
});
