// How a network's neurons behave over a whole split: rates, silent and saturated ones, and which classes cost spikes.

import { fold, h } from "../lib/dom.js";
import { exact } from "../lib/format.js";
import { spikeNote } from "../charts/spike_note.js";
import { rowName } from "./blocks.js";
import { binsOfCounts, histogram } from "./histogram.js";
import { bar } from "./ledger.js";
import { scroller } from "./scroller.js";

/** @typedef {import("./types.js").ActivityResult} ActivityResult */
/** @typedef {import("./tensors.js").Tensor} Tensor */

/** Spikes per image of each class, all layers and steps, from the ledger [rows, T, classes]. @param {Tensor} ledger @param {number[]} samples */
export function byClass(ledger, samples) {
  const found = new Array(samples.length).fill(0);
  ledger.values.forEach((n, i) => (found[i % samples.length] += n));
  return found.map((total, c) => ({ total, perImage: samples[c] ? total / samples[c] : 0 }));
}

/**
 * @param {HTMLElement} place
 * @param {ActivityResult} found
 * @param {Tensor | undefined} ledger
 * @param {number} selected
 */
export function renderActivity(place, found, ledger, selected) {
  const row = found.rows[selected];
  const silent = found.rows.reduce((sum, r) => sum + r.dead, 0);
  const full = found.rows.reduce((sum, r) => sum + r.saturated, 0);
  const neurons = found.rows.reduce((sum, r) => sum + r.neurons, 0);
  const picture = row.neurons
    ? h("figure", {}, h("h3", {}, `Layer ${rowName(row)}`), ...histogram(place, binsOfCounts(row.histogram), row.dead, `layer ${row.name} over the split`), h("figcaption", { class: "small muted" }, `${exact(row.dead)} of ${exact(row.neurons)} never fire; the highest rate is ${(row.highest_rate ?? 0).toFixed(3)}. Bars: neurons that fire.`))
    : h("figure", {}, h("h3", {}, `Layer ${rowName(row)}`), h("p", { class: "muted" }, "A skip without neurons."));
  place.replaceChildren(
    h("p", {}, `Of ${exact(neurons)} neurons, ${exact(silent)} are silent on all ${exact(found.samples)} ${found.split} images, and ${exact(full)} are saturated: they fire in at least ${(100 * found.saturated_at).toFixed(0)} % of all steps.`),
    h("div", { class: "columns" }, scroller("Neurons by layer", table(found, selected)), picture),
    ...spikeNote(found.note),
    ...(ledger ? [classes(place, found, ledger)] : []),
  );
}

/** @param {ActivityResult} found @param {number} selected */
function table(found, selected) {
  const heads = ["Layer", "Neurons", "Silent", "Saturated", "Mean rate"];
  const body = found.rows.map((r, i) =>
    h("tr", { "data-selected": i === selected }, h("th", { scope: "row" }, rowName(r)), ...[exact(r.neurons), share(r.dead, r.neurons), share(r.saturated, r.neurons), r.mean_rate === null ? "–" : r.mean_rate.toFixed(3)].map((words) => h("td", { class: "number" }, words))),
  );
  return h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((name, i) => h("th", { scope: "col", class: i ? "number" : undefined }, name)))), h("tbody", {}, ...body));
}

/** @param {number} part @param {number} whole */
function share(part, whole) {
  return whole ? `${exact(part)} (${((100 * part) / whole).toFixed(1)} %)` : "–";
}

/** @param {HTMLElement} place @param {ActivityResult} found @param {Tensor} ledger */
function classes(place, found, ledger) {
  const counted = byClass(ledger, found.class_samples);
  const most = Math.max(...counted.map((c) => c.perImage), 1e-12);
  const body = counted.map((c, i) => h("tr", {}, h("th", { scope: "row" }, found.class_names[i]), h("td", { class: "bar-cell" }, bar(c.perImage / most)), h("td", { class: "number" }, exact(c.perImage)), h("td", { class: "number" }, exact(found.class_samples[i])), h("td", { class: "number" }, exact(c.total))));
  const total = counted.reduce((sum, c) => sum + c.total, 0);
  const foot = h("tr", {}, h("th", { scope: "row" }, "All"), h("td"), h("td", { class: "number" }, exact(found.spikes)), h("td", { class: "number" }, exact(found.samples)), h("td", { class: "number" }, exact(total)));
  const head = h("tr", {}, h("th", { scope: "col" }, "Class"), h("td"), ...["Spikes per image", "Images", "Total spikes"].map((name) => h("th", { scope: "col", class: "number" }, name)));
  const table = h("table", { class: "ledger" }, h("thead", {}, head), h("tbody", {}, ...body), h("tfoot", {}, foot));
  const details = fold(place, "classes", "Spikes per class", scroller("Spikes by class", table));
  details.className = "by-class";
  return details;
}
