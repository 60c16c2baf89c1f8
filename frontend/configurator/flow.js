// What flows from one card to the next: a tensor, drawn as high as its map and as wide as its channels, and written.

import { h, setText, svg } from "../lib/dom.js";

/** @typedef {{name: string, channels: number, height: number, width: number}} Row */

const HIGH = 40;
const WIDE = 28;
const CENTRE = 24;

/** @param {string} row the layer whose output it is */
export function flow(row) {
  const box = svg("rect", { class: "tensor", x: 0, y: CENTRE, width: 0, height: 0, rx: 2 });
  const arrow = svg("path", { d: "M0 24h60m-5-4 5 4-5 4", class: "arrow" });
  const picture = svg("svg", { viewBox: "0 0 64 48", width: 64, height: 48, "aria-hidden": "true" }, arrow, box);
  return h("div", { class: "flow", "data-row": row, title: "channels × height × width" }, picture, h("span", { class: "mono shape" }));
}

/** @param {ParentNode} place @param {Row[]} rows */
export function showFlows(place, rows) {
  for (const found of place.querySelectorAll("[data-row]")) {
    const row = rows.find(({ name }) => name === /** @type {HTMLElement} */ (found).dataset.row);
    setText(found.querySelector(".shape"), row ? shape(row) : " ");
    drawTensor(/** @type {SVGRectElement} */ (found.querySelector(".tensor")), row);
  }
}

/** @param {Row} row */
function shape({ channels, height, width }) {
  return height * width === 1 ? `${channels}` : `${channels}×${height}×${width}`;
}

/** Doubling either side is one step, so that 3×8×8 and 512×32×32 both fit. @param {SVGRectElement} rect @param {Row | undefined} row */
function drawTensor(rect, row) {
  const width = row ? Math.min(WIDE, 4 + 2.4 * Math.log2(row.channels)) : 0;
  const height = row ? Math.min(HIGH, 5 + 5 * Math.log2(row.height)) : 0;
  const place = { x: 28 - width / 2, y: CENTRE - height / 2, width, height };
  for (const [name, value] of Object.entries(place)) rect.setAttribute(name, value.toFixed(1));
}
