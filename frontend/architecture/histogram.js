// Neurons by firing rate: bars for those that fire, the silent ones in words, all numbers in a table twin.

import { fold, h, svg } from "../lib/dom.js";
import { exact } from "../lib/format.js";

const HEIGHT = 120;
const WIDTH = 320;

/** @typedef {{from: number, to: number, count: number}} Bin rates above `from` up to `to` */

/** Bins of a tally [never, once, …, always]: one a rate above 0. @param {number[]} tally @returns {Bin[]} */
export function binsOfTally(tally) {
  const steps = tally.length - 1;
  return tally.slice(1).map((count, i) => ({ from: i / steps, to: (i + 1) / steps, count }));
}

/** @param {number[]} counts equal bins of the rates above 0 @returns {Bin[]} */
export function binsOfCounts(counts) {
  return counts.map((count, i) => ({ from: i / counts.length, to: (i + 1) / counts.length, count }));
}

/**
 * @param {HTMLElement} place whose table stays open
 * @param {Bin[]} bins
 * @param {number} silent
 * @param {string} what whose neurons these are, for people who cannot see it
 */
export function histogram(place, bins, silent, what) {
  const most = Math.max(...bins.map((bin) => bin.count), 1);
  const wide = WIDTH / bins.length;
  const bars = bins.map(({ count }, i) => {
    const high = (count / most) * (HEIGHT - 4);
    return svg("rect", { x: i * wide + 0.5, y: HEIGHT - high, width: Math.max(1, wide - 1), height: high });
  });
  const total = silent + bins.reduce((sum, bin) => sum + bin.count, 0);
  const label = `Firing rates of ${what}: ${exact(silent)} of ${exact(total)} neurons never fire, the others are in ${bins.length} bins`;
  const drawn = svg("svg", { class: "histogram", viewBox: `0 0 ${WIDTH} ${HEIGHT + 18}`, role: "img", "aria-label": label }, ...bars, svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }), axis(0, "start", "0"), axis(WIDTH / 2, "middle", "firing rate, spikes per step"), axis(WIDTH, "end", "1"));
  const rows = bins.filter((bin) => bin.count).map(({ from, to, count }) => h("tr", {}, h("th", { scope: "row" }, `${from.toFixed(2)} < rate ≤ ${to.toFixed(2)}`), h("td", { class: "number" }, exact(count))));
  const head = h("tr", {}, h("th", { scope: "col" }, "Firing rate"), h("th", { scope: "col", class: "number" }, "Neurons"));
  const none = h("tr", {}, h("th", { scope: "row" }, "0"), h("td", { class: "number" }, exact(silent)));
  return [drawn, fold(place, "rates", "As a table", h("table", {}, h("thead", {}, head), h("tbody", {}, none, ...rows)))];
}

/** @param {number} x @param {"start" | "middle" | "end"} anchor @param {string} words */
function axis(x, anchor, words) {
  return svg("text", { x, y: HEIGHT + 14, "text-anchor": anchor }, words);
}
