// What a block at a layer does: difference to the mean of all evaluated, with n and a 95 % interval.

import { differs, h, svg } from "../../lib/dom.js";
import { exact, short } from "../../lib/format.js";
import { blockOf } from "../../domain/blocks.js";
import { geneCell } from "../../domain/genome.js";
import { effects } from "../../domain/block_effects.js";

const W = 72;
const H = 18;

/** @param {HTMLElement} place @param {import("../frame.js").Frame} frame @param {string[][]} choices */
export function renderEffects(place, frame, choices) {
  if (!differs(place, String(frame.candidates.length))) return;
  if (!frame.candidates.length) return place.replaceChildren(h("p", { class: "muted small" }, "The effects appear with the first generation."));
  const found = effects(frame.candidates, choices);
  const [accuracy, spikes] = [reach(found.map((e) => e.accuracy)), reach(found.map((e) => e.spikes))];
  const points = (/** @type {number} */ v) => (100 * v).toFixed(1);
  let layer = -1;
  const rows = found.map((e) => {
    const first = e.layer !== layer;
    layer = e.layer;
    return h(
      "tr",
      { class: first ? "first" : undefined },
      h("th", { scope: "row" }, first ? `${e.layer + 1}` : h("span", { class: "visually-hidden" }, `${e.layer + 1}`)),
      h("td", {}, geneCell(document, blockOf(e.code))),
      h("td", { class: "number" }, exact(e.n)),
      ...cells(e.accuracy, accuracy, points),
      ...cells(e.spikes, spikes, short),
    );
  });
  const heads = ["Searched layer", "Block", "n", "Accuracy, points", "95 %", "", "Spikes", "95 %", ""].map((name, i) => h("th", { scope: "col", class: [2, 3, 4, 6, 7].includes(i) ? "number" : undefined }, name || h("span", { class: "visually-hidden" }, "plot")));
  place.replaceChildren(h("table", { class: "effects" }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)));
}

/** The largest distance from zero, of means and intervals. @param {import("../../domain/block_effects.js").Effect[]} all */
function reach(all) {
  return Math.max(...all.flatMap((e) => [e.difference, e.low ?? 0, e.high ?? 0].map(Math.abs)), 1e-12);
}

/** @param {import("../../domain/block_effects.js").Effect} effect @param {number} most @param {(v: number) => string} text */
function cells({ difference, low, high }, most, text) {
  const signed = (/** @type {number} */ v) => (Number(text(Math.abs(v))) === 0 ? text(0) : `${v < 0 ? "−" : "+"}${text(Math.abs(v))}`);
  const interval = low === null || high === null ? "–" : `${signed(low)} to ${signed(high)}`;
  return [h("td", { class: "number" }, signed(difference)), h("td", { class: "number muted interval" }, interval), h("td", {}, whisker(difference, low ?? difference, high ?? difference, most))];
}

/** @param {number} middle @param {number} low @param {number} high @param {number} most */
function whisker(middle, low, high, most) {
  const x = (/** @type {number} */ v) => W / 2 + Math.max(-1, Math.min(1, v / most)) * (W / 2 - 4);
  return svg(
    "svg",
    { viewBox: `0 0 ${W} ${H}`, width: W, height: H, "aria-hidden": "true", class: "whisker" },
    svg("line", { x1: W / 2, x2: W / 2, y1: 0, y2: H, class: "axis" }),
    svg("line", { x1: x(low), x2: x(high), y1: H / 2, y2: H / 2, class: "range" }),
    svg("circle", { cx: x(middle), cy: H / 2, r: 3.5, class: "dot" }),
  );
}
