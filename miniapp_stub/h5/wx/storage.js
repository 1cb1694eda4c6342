// Storage of up to 10 MB, apart for each person that a window is opened as, so that two windows are two phones.
const LARGEST = 1024 * 1024;

export function makeStorage(owner, store = localStorage) {
  const place = (key) => `wx:${owner}:${key}`;
  return {
    getStorageSync(key) {
      const text = store.getItem(place(key));
      return text === null ? "" : JSON.parse(text);
    },
    setStorageSync(key, value) {
      const text = JSON.stringify(value);
      if (text.length > LARGEST) throw new Error("setStorageSync:fail entry size limit reached");
      store.setItem(place(key), text);
    },
    removeStorageSync: (key) => store.removeItem(place(key)),
  };
}
