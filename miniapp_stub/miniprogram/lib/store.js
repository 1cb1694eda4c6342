// Storage with names, in one place, so that signing out can forget what is a person's and keep what is the phone's.
const PERSONAL = ["session", "kept", "acts", "scans", "sent", "code", "visits", "lives"];

function read(name, otherwise) {
  const found = wx.getStorageSync(name);
  return found === "" || found === undefined ? otherwise : found;
}

function forgetPerson() {
  for (const name of PERSONAL) wx.removeStorageSync(name);
}

module.exports = { read, write: (name, value) => wx.setStorageSync(name, value), forget: (name) => wx.removeStorageSync(name), forgetPerson };
