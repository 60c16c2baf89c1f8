// The numbers beside the form. What the browser can count itself changes at once, the rest when the server answers.

import { byId, h, setText } from "../lib/dom.js";
import { bytes, exact, percent, short } from "../lib/format.js";
import { product } from "./cards.js";
import { budget, log10, share, spaceSize, trainings } from "./space.js";
import { count, raised, roughly } from "./words.js";

/** @typedef {{min: number, median: number | null, max: number}} Extent */
/** @typedef {{value: number, source: string, poster: number, measured: {value: number, studies: number} | null}} FiringRate */
/** @typedef {import("./flow.js").Row & {block: string, parameters: number, macs: number, sites: number}} ShapeRow */
/** @typedef {{expressible: boolean, obstacles: string[], rewrites: string[], notes: string[]}} Nir */
/** @typedef {{bytes: number, available: number | null, gpu: number | null}} Memory */
/** @typedef {{parameters: Extent, macs: Extent, synops: Extent & {firing_rate: FiringRate}, rows: ShapeRow[], seconds: Record<string, number> | null, nir: Nir, memory: Memory, problems: import("./server.js").Problem[], digest: string}} Estimate */

/** @type {["supernet" | "search" | "retrain" | "analysis", string][]} */
const PHASES = [["supernet", "supernet"], ["search", "search"], ["retrain", "retraining"], ["analysis", "analysis"]];
const SMALL_SHARE = 0.0005;

/** What follows from the config alone, exactly and at once. @param {any} config */
export function showSize(config) {
  const size = spaceSize(config);
  setText(byId("size"), count(size));
  byId("size").title = size.toLocaleString("en-US");
  setText(byId("brief-size"), `${count(size)} architectures`);
  setText(byId("size-notes"), size > 1n ? `${product(config)} · log₁₀ ${log10(size).toFixed(2)}` : "a single architecture");
  showBudget(config, size);
}

/** @param {any} config @param {bigint} size */
function showBudget(config, size) {
  const evaluated = config.analysis ? trainings(config) : budget(config);
  const part = config.analysis || evaluated === null ? 0 : share(evaluated, size);
  setText(byId("budget-name"), config.analysis ? "Networks to train" : "Evaluated by the search");
  setText(byId("budget"), evaluated === null ? "–" : count(evaluated));
  setText(byId("budget-notes"), evaluated === null ? "not a whole number yet" : config.analysis ? "all arms, all seeds" : `${shareWords(part)} of the space`);
  byId("budget-bar").hidden = Boolean(config.analysis);
  /** @type {HTMLElement} */ (byId("budget-bar").firstElementChild).style.scale = `${Math.min(1, part)} 1`;
}

/** @param {Estimate} found */
export function showEstimate(found) {
  for (const key of /** @type {const} */ (["parameters", "macs", "synops"])) showExtent(byId(key), found[key]);
  showRate(found.synops.firing_rate);
  showTime(found.seconds);
  showMemory(found.memory);
  showNir(found.nir);
  setText(byId("digest"), found.digest.slice(0, 12));
  byId("digest").title = found.digest;
  showRows(byId("shapes"), found.rows);
}

/** @param {HTMLElement} row @param {Extent} extent */
function showExtent(row, { min, median, max }) {
  [min, median, max].forEach((value, i) => {
    const cell = row.children[i + 1];
    setText(cell, value === null ? "uncounted" : short(value));
    cell.setAttribute("title", value === null ? "the space has too many different sums" : exact(value));
  });
}

/** @param {FiringRate} rate */
function showRate({ value, source, poster, measured }) {
  const input = /** @type {HTMLInputElement} */ (byId("firing_rate"));
  if (document.activeElement !== input) input.value = String(value);
  setText(byId("rate-source"), source);
  byId("rate-poster").hidden = value === poster;
  const own = byId("rate-measured");
  own.hidden = !measured || measured.value === value;
  setText(own, measured ? `Measured here: ${measured.value} (${measured.studies} ${measured.studies === 1 ? "winner" : "winners"})` : "");
}

/** @param {Record<string, number> | null} seconds */
function showTime(seconds) {
  const total = seconds ? `≈ ${roughly(seconds.total)}` : "not measured yet";
  setText(byId("time"), total);
  setText(byId("brief-time"), seconds ? total : "");
  const phases = PHASES.filter(([phase]) => seconds && seconds[phase] > 0);
  setText(byId("time-notes"), seconds ? phases.map(([phase, name]) => `${name} ${roughly(seconds[phase])}`).join(" · ") : "A worker measures its speed when it starts.");
  byId("time-bar").replaceChildren(...phases.map(([phase]) => {
    const part = h("span", { "data-phase": phase });
    part.style.flexGrow = String(seconds?.[phase]);
    return part;
  }));
}

/** What does not fit at all is a problem of the config; what is only taken by others now is told. @param {Memory} memory */
function showMemory({ bytes: needed, available, gpu }) {
  const scarce = available !== null && needed > available;
  setText(byId("memory"), `≈ ${bytes(needed)}`);
  const onGpu = gpu === null ? "" : `and about ${bytes(gpu)} of the GPU's · `;
  setText(byId("memory-notes"), onGpu + (available === null ? "free memory unknown" : scarce ? `more than the ${bytes(available)} free now` : `of ${bytes(available)} free now`));
  byId("memory-line").classList.toggle("scarce", scarce);
}

/** @param {Nir} nir */
function showNir({ expressible, obstacles, rewrites, notes }) {
  setText(byId("nir"), expressible ? "Yes" : "No");
  byId("nir").dataset.verdict = expressible ? "yes" : "no";
  setText(byId("nir-why"), expressible ? `because ${rewrites.join("; ")}.` : `because ${obstacles.join("; ")}.`);
  byId("nir-notes").replaceChildren(...notes.map((note) => h("li", {}, note)));
}

/** @param {HTMLElement} place @param {ShapeRow[]} rows */
function showRows(place, rows) {
  const heads = ["Layer", "Block", "Shape", "Parameters", "Neurons"];
  const head = h("tr", {}, ...heads.map((name, i) => h("th", { scope: "col", class: i > 1 ? "number" : undefined }, name)));
  const body = rows.map((row) =>
    h("tr", {}, h("th", { scope: "row" }, row.name), h("td", {}, row.block), ...[`${row.channels}×${row.height}×${row.width}`, exact(row.parameters), exact(row.sites)].map((text) => h("td", { class: "number" }, text))),
  );
  place.replaceChildren(h("table", {}, h("thead", {}, head), h("tbody", {}, ...body)));
}

/** @param {number} part */
function shareWords(part) {
  if (part === 0 || part >= SMALL_SHARE) return percent(part);
  const [digits, exponent] = (100 * part).toExponential(0).split("e");
  return `${digits} × 10${raised(exponent)} %`;
}
