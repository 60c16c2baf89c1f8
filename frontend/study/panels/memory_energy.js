// Energy with memory accesses, of the spiking network and of an 8-bit ANN of the same layers: which takes less, and below
// which firing rate the spiking network does.

import { h } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";

/** @typedef {{arithmetic: number, addresses: number, inputs_outputs: number, parameters: number, potentials: number, total: number}} Parts */
/**
 * @typedef {{source: string, snn_int32_nj: Parts, snn_int8_nj: Parts, ann_int8_nj: Parts, ratio: number, ratio_int32: number,
 *   firing_rate: number, break_even_firing_rate: number | null}} Memory
 */

/** @type {[keyof Parts, string][]} */
const COLUMNS = [["arithmetic", "Arithmetic"], ["addresses", "Addresses"], ["inputs_outputs", "Inputs, outputs"], ["parameters", "Weights"], ["potentials", "Potentials"], ["total", "All"]];

/** Nothing of a network in ANN mode. @param {Memory | null | undefined} found */
export function drawMemory(found) {
  if (!found) return [];
  /** @type {[string, Parts][]} */
  const lines = [["This network, 8-bit", found.snn_int8_nj], ["8-bit ANN, same layers", found.ann_int8_nj], ["This network, 32-bit", found.snn_int32_nj]];
  const cells = (/** @type {Parts} */ parts) => COLUMNS.map(([key]) => h("td", { class: "number" }, nanojoule(parts[key])));
  const rows = lines.map(([name, parts]) => h("tr", {}, h("th", { scope: "row" }, name), ...cells(parts)));
  const heads = ["Energy, nJ", ...COLUMNS.map(([, name]) => name)].map((name, i) => h("th", { scope: "col", class: i ? "number" : undefined }, name));
  return [
    h("h4", {}, "With memory accesses, beside an 8-bit ANN"),
    h("p", { class: "small" }, inWords(found)),
    h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows))),
    h("p", { class: "small muted" }, `${found.source}. The costs chosen above do not change this table. `, h("a", { href: "/docs/energy" }, "Assumptions")),
  ];
}

/** @param {Memory} found */
export function inWords(found) {
  const more = found.ratio > 1;
  const told = `At 8 bits this network takes ${found.ratio.toFixed(2)} times the energy of the ANN, so it takes ${more ? "more" : "less"}.`;
  const even = found.break_even_firing_rate;
  if (even === null) return more ? `${told} No lower firing rate would change that.` : told;
  return `${told} Both take the same at a firing rate of ${percent(even)}; this network fires at ${percent(found.firing_rate)}.`;
}

/** @param {number} value */
function nanojoule(value) {
  return value.toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
