// What the server says a config means: size of the space, cost of a network, time on this machine, shapes.

import { h } from "../dom.js";
import { duration, exact, percent, short } from "../format.js";
import { count } from "./words.js";

/** @typedef {{min: number, max: number}} Span */
/** @typedef {import("./layers.js").Row & {block: string, parameters: number, macs: number, sites: number}} ShapeRow */
/** @typedef {{space_size: number, budget: number, share: number, parameters: Span, macs: Span, rows: ShapeRow[], seconds: {supernet: number, search: number, retrain: number, analysis: number, total: number} | null, digest: string}} Estimate */

/** @type {["supernet" | "search" | "retrain" | "analysis", string][]} */
const PHASES = [["supernet", "supernet"], ["search", "search"], ["retrain", "retraining"], ["analysis", "analysis"]];

/** @param {HTMLElement} place @param {Estimate} found */
export function showEstimate(place, found) {
  const { seconds } = found;
  place.replaceChildren(
    ...line("Time on this server", seconds ? duration(seconds.total) : "not measured yet", {
      notes: seconds
        ? PHASES.filter(([phase]) => seconds[phase] > 0).map(([phase, name]) => `${name} ${duration(seconds[phase])}`)
        : ["a worker measures its speed when it starts"],
    }),
    ...line("Architectures in the space", count(found.space_size), { title: `${found.space_size}` }),
    ...(found.budget ? line("Judged by this budget", exact(found.budget), { notes: [`${shareWords(found.share)} of the space`] }) : []),
    ...line("Parameters of one network", span(found.parameters), { title: exactSpan(found.parameters) }),
    ...line("Multiply-accumulates an image and step", span(found.macs), { title: exactSpan(found.macs) }),
    ...line("Config digest", found.digest.slice(0, 12), { title: found.digest, mono: true }),
  );
}

/** @param {HTMLElement} place @param {ShapeRow[]} rows */
export function showRows(place, rows) {
  const heads = ["Layer", "Block", "Shape", "Parameters", "Neurons"];
  const head = h("tr", {}, ...heads.map((name, i) => h("th", { scope: "col", class: i > 1 ? "number" : undefined }, name)));
  const body = rows.map((row) =>
    h("tr", {}, h("th", { scope: "row" }, row.name), h("td", {}, row.block), ...[`${row.channels}×${row.height}×${row.width}`, exact(row.parameters), exact(row.sites)].map((text) => h("td", { class: "number" }, text))),
  );
  place.replaceChildren(h("table", {}, h("thead", {}, head), h("tbody", {}, ...body)), h("p", { class: "hint" }, "Of the architecture with the most parameters."));
}

/** @param {string} name @param {string} value @param {{notes?: string[], title?: string, mono?: boolean}} more */
function line(name, value, { notes = [], title, mono = false } = {}) {
  const notesLines = notes.map((note) => h("dd", { class: "note" }, note));
  return [h("dt", {}, name), h("dd", { title, class: mono ? "mono" : undefined }, value), ...notesLines];
}

/** @param {number} share */
function shareWords(share) {
  return share > 0 && share < 0.0005 ? "under 0.1 %" : percent(share);
}

/** @param {Span} s */
function span({ min, max }) {
  return min === max ? short(min) : `${short(min)} – ${short(max)}`;
}

/** @param {Span} s */
function exactSpan({ min, max }) {
  return min === max ? exact(min) : `${exact(min)} – ${exact(max)}`;
}
