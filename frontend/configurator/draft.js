// What was typed survives a reload, in this browser; a browser that stores nothing only loses that.

const KEY = "draft";

/** @typedef {{config: any, origin: import("./changes.js").Origin}} Draft */

/** The draft, or null. @returns {Draft | null} */
export function readDraft() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return found?.config && found.origin?.config ? found : null;
  } catch {
    return null;
  }
}

/** @param {Draft} draft */
export function saveDraft(draft) {
  try {
    localStorage.setItem(KEY, JSON.stringify(draft));
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
