// What was typed survives a reload, in this browser; a browser that stores nothing only loses that.

const KEY = "draft";

/** The draft, or null. @returns {any} */
export function readDraft() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return null;
  }
}

/** @param {unknown} config */
export function saveDraft(config) {
  try {
    localStorage.setItem(KEY, JSON.stringify(config));
  } catch {
    // storage is full or forbidden: the page itself still holds the draft
  }
}

export function clearDraft() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // nothing was stored either
  }
}
