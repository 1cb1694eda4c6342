// Taking pictures along with what is sent: chosen from the album or the camera, sent one by one, each marked with what became of it.
const api = require("./api");
const { t } = require("./i18n");
const { Problem } = require("./problem");
const recordView = require("./record-view");

const MOST = 9;
const UNUSABLE = ["not_a_picture", "payload_too_large"];

/** Nothing where the person thought better of it. */
async function choose(count) {
  try {
    return await wx.chooseMedia({ count, mediaType: ["image"], sizeType: ["compressed"] });
  } catch (error) {
    if (/cancel/.test(error.errMsg)) return null;
    throw new Problem(-1, { code: "unreadable", detail: t("declare.unreadable") });
  }
}

/** For a page whose data hold `pictures`. */
const taking = {
  async addPicture() {
    const chosen = await this.act("choose", () => choose(MOST - this.data.pictures.length));
    if (chosen) this.setData({ pictures: [...this.data.pictures, ...chosen.tempFiles.map((file) => ({ path: file.tempFilePath, id: "", tone: "", text: "" }))] });
  },

  removePicture(event) {
    const { at } = event.currentTarget.dataset;
    this.setData({ pictures: this.data.pictures.filter((_, each) => each !== Number(at)) });
  },

  /** A picture that was sent is not sent again when the rest has to be tried anew. */
  async sendPictures() {
    for (const [at, picture] of this.data.pictures.entries()) {
      if (!picture.id) this.setData({ [`pictures[${at}]`]: { ...picture, ...await this.sendPicture(picture, at) } });
    }
    return this.data.pictures.map((picture) => picture.id);
  },

  /** What the server made of it. The one that it will not have is marked, so that it is found among nine. */
  async sendPicture(picture, at) {
    try {
      const kept = await api.upload("/evidence", picture.path);
      return recordView.picture(kept, true);
    } catch (problem) {
      if (UNUSABLE.includes(problem.code)) this.setData({ [`pictures[${at}]`]: { ...picture, tone: "bad-text", text: t("declare.unusable") } });
      throw problem;
    }
  },
};

module.exports = { taking };
