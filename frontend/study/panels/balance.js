// How often supernet training took each block: fair when every block of a layer was on about as many paths.

import { h } from "../../lib/dom.js";
import { exact, percent } from "../../lib/format.js";
import { blockOf } from "../../domain/blocks.js";
import { geneCell } from "../../domain/genome.js";
import { got } from "../../lib/http.js";

/** @typedef {{steps: number, counted: number, layers: Record<string, number>[]}} Balance */

const AGAIN_MS = 5_000;
/** The stage that was asked for last. @type {WeakMap<HTMLElement, string>} */
const asked = new WeakMap();

/**
 * Ask once for each stage of the supernet; what cannot be loaded says so.
 * @param {HTMLElement} place @param {string} study @param {string} stage @param {() => void} again draws what is in sight, to ask once more
 */
export async function renderBalance(place, study, stage, again) {
  if (asked.get(place) === stage) return;
  asked.set(place, stage);
  const found = await got(`/api/studies/${study}/sampling`, (answer) => answer.json());
  if (asked.get(place) !== stage) return; // a later one has been asked for
  place.replaceChildren(...(found ? drawBalance(found) : [h("p", { class: "muted small" }, "The counts could not be loaded; retrying in some seconds.")]));
  if (found) return;
  setTimeout(() => {
    if (asked.get(place) === stage) asked.delete(place);
    again();
  }, AGAIN_MS);
}

/** @param {Balance} found */
export function drawBalance({ steps, counted, layers }) {
  if (!steps) return [h("p", { class: "muted small" }, "The counts appear with the first finished epoch.")];
  const rows = layers.map((counts, layer) => {
    const codes = Object.keys(counts);
    const cells = codes.map((code) => h("li", {}, geneCell(document, blockOf(code)), h("span", { class: "figures", title: `${exact(counts[code])} batches` }, percent(counts[code] / counted))));
    return h("tr", {}, h("th", { scope: "row" }, `${layer + 1}`), h("td", {}, h("ul", { class: "shares" }, ...cells)), h("td", { class: "number" }, chance(counted, codes.length)));
  });
  const part = counted < steps ? ` (counted in ${exact(counted)} of them, evenly spaced)` : "";
  const head = h("tr", {}, ...["Searched layer", "Batches per block", "95 % interval of uniform sampling"].map((name, i) => h("th", { scope: "col", class: i === 2 ? "number" : undefined }, name)));
  return [
    h("p", { class: "small muted" }, `Each batch trains one uniformly sampled path: ${exact(steps)} batches so far${part}.`),
    h("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Batches per block and searched layer" }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows))),
  ];
}

/** The 95 % interval of uniform sampling, by the normal approximation of the binomial. @param {number} n @param {number} choices */
export function chance(n, choices) {
  const p = 1 / choices;
  const half = 1.96 * Math.sqrt((p * (1 - p)) / n);
  return `${percent(Math.max(0, p - half))} to ${percent(Math.min(1, p + half))}`;
}
