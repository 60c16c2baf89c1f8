// The spike heatmap of this network, and of another beside it, both on one scale.

import { byId, differs, h } from "../lib/dom.js";
import { exact, percent, short } from "../lib/format.js";
import { got } from "../lib/http.js";
import { cells, highestOf, renderHeatmap } from "../charts/heatmap.js";
import { elementsOf } from "../domain/blocks.js";
import { layersOf } from "./blocks.js";

/** @typedef {import("./types.js").Page} Page */
/** @typedef {import("../charts/heatmap.js").SpikeMap} SpikeMap */
/** @typedef {{architecture: string, map: SpikeMap, tag: string, title: string}} Shown */

export const RETRAINED = "retrained";
/** @type {Map<number, Promise<SpikeMap | null>>} */
const loaded = new Map();

/** The map of an evaluated candidate. @param {string} study @param {number} number @param {number} steps */
function mapOf(study, number, steps) {
  const known = loaded.get(number) ?? got(`/api/studies/${study}/candidates/${number}/spike-map`, async (answer) => {
    const values = new Float32Array(await answer.arrayBuffer());
    return { rows: values.length / steps, steps, values };
  });
  loaded.set(number, known);
  void known.then((map) => map ?? loaded.delete(number)); // what failed is asked for again
  return known;
}

/** Whom one can set it beside. @param {Page} page @param {string} chosen @param {(beside: string) => void} choose */
export function besideSelect(page, chosen, choose) {
  const options = [["", "none"]];
  if (page.retrained && page.evaluated) options.push([RETRAINED, "its other weights"]);
  for (const other of page.others) options.push([other.architecture, `${other.architecture}: ${percent(other.accuracy)}, ${short(other.spikes)}`]);
  const select = /** @type {HTMLSelectElement} */ (h("select", { id: "beside" }, ...options.map(([value, words]) => h("option", { value }, words))));
  select.value = options.some(([value]) => value === chosen) ? chosen : "";
  select.addEventListener("change", () => choose(select.value));
  return h("label", {}, "Compare with ", select);
}

/**
 * @param {Page} page
 * @param {Shown} own
 * @param {Shown | null} otherWeights the same architecture with the weights that are not shown
 * @param {string} beside
 * @returns {Promise<Shown | null>} null for nothing, or where it could not be loaded
 */
export async function other(page, own, otherWeights, beside) {
  if (beside === RETRAINED) return otherWeights;
  const found = page.others.find((one) => one.architecture === beside);
  const map = found ? await mapOf(page.study.id, found.number, page.time_steps) : null;
  return found && map ? { architecture: found.architecture, map, tag: "validation, supernet", title: found.architecture } : null;
}

/** The end of the scale that several maps share. @param {Page} page @param {Shown[]} shown @param {boolean} perNeuron */
export function top(page, shown, perNeuron) {
  return Math.max(...shown.map((one) => highestOf(cells(one.map, neuronsOf(page, one, perNeuron)))));
}

/** @param {Page} page @param {Shown} one @param {boolean} perNeuron */
function neuronsOf(page, { architecture }, perNeuron) {
  return perNeuron ? elementsOf(page.output_elements, architecture) : null;
}

/** The parts of the page that hold a map each: one's own, and the one beside it. @type {HTMLElement[]} */
const parts = [];

/** @param {Page} page @param {Shown[]} shown @param {boolean} perNeuron */
export function renderMaps(page, shown, perNeuron) {
  const layers = layersOf(page.rows);
  const end = top(page, shown, perNeuron);
  const place = byId("heatmaps");
  while (parts.length < shown.length) parts.push(h("div", { class: "one-map" }, h("h3"), h("div", { class: "heatmap" })));
  if (differs(place, String(shown.length))) place.replaceChildren(...parts.slice(0, shown.length));
  shown.forEach((one, i) => {
    const { map, tag, title } = one;
    const [heading, picture] = /** @type {HTMLElement[]} */ ([...parts[i].children]);
    heading.hidden = shown.length === 1;
    heading.replaceChildren(title, " ", h("span", { class: "tag" }, tag));
    renderHeatmap(picture, map, layers, neuronsOf(page, one, perNeuron), end, page.spike_note);
  });
  const words = shown.length === 2 ? difference(page, shown) : "";
  byId("difference").replaceChildren(words);
}

/** Where the difference of two networks lies. @param {Page} page @param {Shown[]} shown */
function difference(page, [own, beside]) {
  const sums = [own, beside].map(({ map }) => page.rows.map((_, r) => map.values.subarray(r * map.steps, (r + 1) * map.steps).reduce((a, b) => a + b, 0)));
  const gaps = sums[0].map((n, r) => n - sums[1][r]);
  const total = gaps.reduce((a, b) => a + b, 0);
  const most = gaps.reduce((best, gap, r) => (Math.abs(gap) > Math.abs(gaps[best]) ? r : best), 0);
  const tags = own.tag === beside.tag ? "" : ` They were measured differently (${own.tag}; ${beside.tag}).`;
  return `Both on one scale. ${own.title} fires ${exact(Math.abs(total))} ${total < 0 ? "fewer" : "more"} spikes per image than ${beside.title}; the largest difference is in layer ${page.rows[most].name}: ${exact(Math.abs(gaps[most]))} ${gaps[most] < 0 ? "fewer" : "more"}.${tags}`;
}

