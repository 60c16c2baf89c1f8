// Where a question stands, in words: how many wait before it, how long it has been in work, why it failed.

import { differs, h, setText } from "../lib/dom.js";
import { duration } from "../lib/format.js";

/** @typedef {import("./types.js").Inspection} Inspection */

/** When this page first saw a question in its present state. @type {Map<string, number>} */
const since = new Map();

/** @param {Inspection} found */
export function words(found) {
  if (found.state === "failed") return `It failed: ${found.reason}.`;
  if (found.reason) return found.reason;
  if (found.state === "running") return "A worker is computing it";
  return found.ahead ? `Waiting for the worker; ${found.ahead} before this one` : "Waiting for the worker; next in the queue";
}

/**
 * @param {HTMLElement} place
 * @param {Inspection} found waiting, running or failed
 * @param {() => void} again
 */
export function renderStatus(place, found, again) {
  const key = `${found.id}/${found.state}`;
  if (!since.has(key)) since.set(key, Date.now());
  if (differs(place, key)) {
    const clock = h("span", { class: "muted", "aria-hidden": "true" });
    const text = h("span", { role: found.state === "failed" ? "alert" : "status" });
    place.replaceChildren(h("p", { class: found.state === "failed" ? "notice bad" : "notice quiet" }, text, clock));
    if (found.state === "failed") {
      const button = h("button", { type: "button" }, "Try again");
      button.addEventListener("click", again);
      place.append(button);
    }
  }
  const [text, clock] = place.querySelectorAll("p > span");
  setText(text, words(found));
  const seconds = (Date.now() - (since.get(key) ?? 0)) / 1000;
  setText(clock, found.state === "failed" || seconds < 1 ? "" : `, for ${duration(seconds)}`);
}
