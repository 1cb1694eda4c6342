// Yes and no, felt and heard: for a till in a noisy shop, and for those who do not see well.
const SOUNDS = { yes: "/sounds/yes.wav", no: "/sounds/no.wav" };

function play(name) {
  const audio = wx.createInnerAudioContext();
  audio.src = SOUNDS[name];
  audio.play();
}

function yes() {
  wx.vibrateShort({ type: "medium", fail() {} });
  play("yes");
}

function no() {
  wx.vibrateLong({ fail() {} });
  play("no");
}

module.exports = { no, yes };
