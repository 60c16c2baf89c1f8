// The controls above the population table: which candidates, which genomes, from where; and the table as CSV.

import { byId } from "../../lib/dom.js";

/** @typedef {import("../view.js").View} View */

/** @param {(change: Partial<View>) => void} show @param {() => {name: string, text: string} | null} csv null while there is no table */
export function wireFilters(show, csv) {
  const pattern = /** @type {HTMLInputElement} */ (byId("f-pattern"));
  pattern.addEventListener("input", () => show({ pattern: pattern.value }));
  pattern.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // the field would be emptied without a word
    if (!pattern.value) return pattern.blur();
    pattern.value = "";
    show({ pattern: "" });
  });
  for (const box of seen()) box.addEventListener("change", () => show({ all: box.value === "all" }));
  const origin = /** @type {HTMLSelectElement} */ (byId("f-origin"));
  origin.addEventListener("change", () => show({ origin: origin.value }));
  const front = /** @type {HTMLInputElement} */ (byId("f-front"));
  front.addEventListener("change", () => show({ front: front.checked }));
  for (const side of /** @type {const} */ (["from", "to"])) {
    const input = /** @type {HTMLInputElement} */ (byId(`f-${side}`));
    input.addEventListener("input", () => show({ [side]: input.value === "" ? null : Math.max(1, Math.floor(Number(input.value)) || 1) }));
  }
  byId("f-clear").addEventListener("click", () => show({ pattern: "", origin: "", front: false, from: null, to: null }));
  byId("csv").addEventListener("click", () => {
    const file = csv();
    if (file) download(file);
  });
}

/** Show the view in the controls; a field that is being typed in stays as it is. @param {View} view */
export function renderFilters(view) {
  const set = (/** @type {string} */ id, /** @type {string} */ value) => {
    const field = /** @type {HTMLInputElement} */ (byId(id));
    if (field !== document.activeElement && field.value !== value) field.value = value;
  };
  set("f-pattern", view.pattern);
  set("f-origin", view.origin);
  set("f-from", view.from === null ? "" : String(view.from));
  set("f-to", view.to === null ? "" : String(view.to));
  /** @type {HTMLInputElement} */ (byId("f-front")).checked = view.front;
  for (const box of seen()) box.checked = (box.value === "all") === view.all;
  byId("f-range").hidden = !view.all;
  byId("f-clear").hidden = !(view.pattern || view.origin || view.front || view.from !== null || view.to !== null);
}

/** @returns {NodeListOf<HTMLInputElement>} */
function seen() {
  return document.querySelectorAll("input[name=seen]");
}

/** @param {{name: string, text: string}} file */
function download({ name, text }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
