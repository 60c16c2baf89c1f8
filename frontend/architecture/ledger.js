// The spike ledger: what each layer adds to N, as bars and as numbers that sum to it exactly.

import { h } from "../lib/dom.js";
import { exact, short } from "../lib/format.js";
import { spikeNote } from "../charts/spike_note.js";
import { rowName } from "./blocks.js";
import { scroller } from "./scroller.js";

/** @typedef {import("../charts/heatmap.js").SpikeMap} SpikeMap */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {{row: Row, spikes: number, whole: number | null, share: number, rate: number | null}} Line */

/** How far a cell's average times the samples may be from a whole number: float32 holds seven digits. */
const NEARLY = 0.25;

/**
 * One line a layer. `whole` counts the spikes over all samples: averages are not whole numbers, these are, so they sum
 * to the total without rounding. null where the samples are not known, or the map's float32 cannot tell.
 * @param {SpikeMap} map
 * @param {Row[]} rows
 * @param {number | null} samples
 * @returns {{lines: Line[], spikes: number, whole: number | null}}
 */
export function account(map, rows, samples) {
  const cellsOf = (/** @type {number} */ r) => [...map.values.subarray(r * map.steps, (r + 1) * map.steps)];
  const spikes = map.values.reduce((sum, v) => sum + v, 0);
  const exactly = samples !== null && map.values.every((v) => Math.abs(v * samples - Math.round(v * samples)) < NEARLY && v * samples < 2 ** 22);
  const lines = rows.map((row, r) => {
    const sum = cellsOf(r).reduce((a, b) => a + b, 0);
    const whole = exactly ? cellsOf(r).reduce((a, v) => a + Math.round(v * samples), 0) : null;
    return { row, spikes: sum, whole, share: spikes ? sum / spikes : 0, rate: row.sites ? sum / (row.sites * map.steps) : null };
  });
  return { lines, spikes, whole: exactly ? lines.reduce((a, line) => a + (line.whole ?? 0), 0) : null };
}

/**
 * @param {HTMLElement} place
 * @param {ReturnType<typeof account>} found
 * @param {number | null} samples
 * @param {string} tag
 * @param {string} [note] what must be known of these spikes
 */
export function renderLedger(place, found, samples, tag, note) {
  const most = Math.max(...found.lines.map((line) => line.share), 1e-12);
  const whole = found.whole !== null;
  const heads = ["Layer", "", "Spikes per image", ...(whole ? [`Over all ${exact(samples ?? 0)} images`] : []), "Share of N"];
  const body = found.lines.map((line) =>
    h("tr", {}, h("th", { scope: "row" }, rowName(line.row)), h("td", { class: "bar-cell" }, bar(line.share / most)), number(exact(line.spikes)), ...(whole ? [number(exact(line.whole ?? 0))] : []), number(`${(100 * line.share).toFixed(1)} %`)),
  );
  const foot = h("tr", {}, h("th", { scope: "row" }, "N"), h("td"), number(exact(found.spikes)), ...(whole ? [number(exact(found.whole ?? 0))] : []), number("100 %"));
  const head = h("tr", {}, ...heads.map((name, i) => (i === 1 ? h("td") : h("th", { scope: "col", class: i ? "number" : undefined }, name))));
  const first = [...found.lines].sort((a, b) => b.spikes - a.spikes)[0];
  place.replaceChildren(
    h("p", {}, `N = ${exact(found.spikes)} spikes per image (${tag}). Layer ${rowName(first.row)} fires most: ${short(first.spikes)}, ${(100 * first.share).toFixed(1)} % of them.`),
    scroller("Spikes by layer", h("table", { class: "ledger" }, h("thead", {}, head), h("tbody", {}, ...body), h("tfoot", {}, foot))),
    h("p", { class: "small muted" }, "Counted are every output of every neuron, also inside a block, and every 1 that leaves a max-pool. A skip without neurons counts nothing: it passes its input on. Input pixels are not spikes."),
    ...spikeNote(note),
  );
}

/** @param {number} share of the longest bar */
export function bar(share) {
  const filled = h("span", { class: "fill" });
  filled.style.transform = `scaleX(${share})`;
  return h("span", { class: "ledger-bar", "aria-hidden": "true" }, filled);
}

/** @param {string} text */
function number(text) {
  return h("td", { class: "number" }, text);
}
