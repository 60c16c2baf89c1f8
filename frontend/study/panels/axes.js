// The controls of the plot: what lies across and up, logarithms, and what is drawn beside.

import { byId, setText } from "../../lib/dom.js";

/** @typedef {import("../view.js").View} View */

/** @param {(change: Partial<View>) => void} show */
export function wireAxes(show) {
  const [x, y] = [/** @type {HTMLSelectElement} */ (byId("x-axis")), /** @type {HTMLSelectElement} */ (byId("y-axis"))];
  x.addEventListener("change", () => show({ x: /** @type {View["x"]} */ (x.value) }));
  y.addEventListener("change", () => show({ y: /** @type {View["y"]} */ (y.value) }));
  box("log-axis").addEventListener("change", () => show({ log: box("log-axis").checked }));
  box("iso").addEventListener("change", () => show({ iso: box("iso").checked }));
  box("show-published").addEventListener("change", () => show({ published: box("show-published").checked }));
  const colour = /** @type {HTMLSelectElement} */ (byId("map-colour"));
  colour.addEventListener("change", () => show({ colour: /** @type {View["colour"]} */ (colour.value) }));
}

/** @param {View} view @param {boolean} published whether there are published points of the same data set */
export function renderAxes(view, published) {
  byId("axes").hidden = view.tab !== "pareto";
  /** @type {HTMLSelectElement} */ (byId("x-axis")).value = view.x;
  /** @type {HTMLSelectElement} */ (byId("y-axis")).value = view.y;
  box("log-axis").checked = view.log;
  box("iso").checked = view.iso;
  box("show-published").checked = view.published;
  byId("published-box").hidden = !published;
  byId("published-words").hidden = !published || !view.published;
  setText(byId("published-words"), "Squares are published numbers on the same data set's test split, trained at full length: shown for orientation, not part of the ranking.");
}

/** @param {string} id */
function box(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}
