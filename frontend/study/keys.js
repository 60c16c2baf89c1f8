// The keyboard of the study page, in one place: what each key does, and the sheet that says so.

import { byId, h } from "../lib/dom.js";

/** @typedef {{keys: string[], does: string, run: () => void}} Command */

/** Listen; keys typed into a field or with a modifier are not ours. @param {Command[]} commands */
export function listen(commands) {
  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && document.querySelector("[popover]:popover-open")) return; // it closes what is open
    if (target.matches("input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea")) return;
    if (event.key === " " && target.closest("button, summary, a, input, [role=button], [role=application]")) return;
    const found = commands.find((command) => command.keys.includes(event.key));
    if (!found) return;
    event.preventDefault();
    found.run();
  });
}

/** @type {Record<string, string>} */
const NAMES = { " ": "space", Escape: "Esc" };

/** The sheet, opened by `?` or its button, closed by Escape; without taking the page away. @param {Command[]} commands */
export function sheet(commands) {
  const place = byId("keys");
  const rows = [
    ...commands.map(({ keys, does }) => [keys.map((key) => NAMES[key] ?? key), does]),
    [["←", "→"], "on the timeline: one generation, with Shift five, Home and End to its ends. On the plot: along the front. On the map: one cell, Enter selects"],
  ];
  place.replaceChildren(
    h("h2", {}, "Keys"),
    h("dl", {}, ...rows.flatMap(([keys, does]) => [h("dt", {}, ...(/** @type {string[]} */ (keys)).flatMap((key, i) => [...(i ? [" "] : []), h("kbd", {}, key)])), h("dd", {}, /** @type {string} */ (does))])),
  );
}
