// Operations and energy of one network by layer, under costs one can choose, and with memory accesses beside an 8-bit ANN;
// asked for when it is opened.

import { h, setText } from "../../lib/dom.js";
import { drawMemory } from "./memory_energy.js";
import { exact, short } from "../../lib/format.js";
import { spikeNote } from "../../charts/spike_note.js";

/** @typedef {{name: string, block: string, spikes: number, firing_rate: number | null, macs: number, acs: number, energy_nj: number}} Row */
/** @typedef {{mac_pj: number, ac_pj: number, source: string}} Costs */
/**
 * @typedef {{architecture: string, tag: string, basis: string, rows: Row[], spikes: number, firing_rate: number, macs: number,
 *   acs: number, energy_nj: number, dense_ann_nj: number, costs: Costs, models: Record<string, Costs>, note?: string,
 *   memory: import("./memory_energy.js").Memory | null}} Ledger
 */

/** What was chosen last, for every panel of the page. @type {{name: string, own: Costs}} */
const chosen = { name: "float32-45nm", own: { mac_pj: 4.6, ac_pj: 0.9, source: "" } };

/** One panel, of one network after another; closed at first, and asked for while it is open. */
export class Energy {
  #open = false;
  #turn = 0; // of the last question: the answer to an earlier one comes too late
  /** @type {number | null} */
  #candidate = null;
  #body = h("div");

  /** @param {string} study */
  constructor(study) {
    this.study = study;
    this.element = /** @type {HTMLDetailsElement} */ (h("details", { class: "energy" }, h("summary", {}, "Operations and energy"), this.#body));
    this.element.addEventListener("toggle", () => {
      this.#open = this.element.open;
      if (this.#open) void this.#load();
    });
  }

  /** The panel of a candidate, or of the winner. @param {number | null} candidate */
  of(candidate) {
    this.#candidate = candidate;
    this.#turn++;
    this.#body.replaceChildren(h("p", { class: "muted small" }, "Loading …"));
    if (this.#open) void this.#load();
    return this.element;
  }

  async #load() {
    const turn = ++this.#turn;
    const answer = await fetch(`/api/studies/${this.study}/energy?${question(this.#candidate)}`).catch(() => null);
    const data = answer && (await answer.json().catch(() => null));
    if (turn !== this.#turn) return;
    if (answer?.ok && data) this.#body.replaceChildren(...drawLedger(data), costsForm(data.models, () => void this.#load()), ...drawMemory(data.memory));
    else if (answer?.status === 422) setText(this.#body.querySelector(".problem"), data.problems.map((/** @type {any} */ p) => p.message).join("; "));
    else this.#body.replaceChildren(h("p", { class: "notice bad" }, "The energy could not be loaded."));
  }
}

/** @param {number | null} candidate */
function question(candidate) {
  const query = new URLSearchParams(candidate === null ? {} : { candidate: `${candidate}` });
  if (chosen.name === "own") for (const [key, value] of Object.entries(chosen.own)) query.set(key, `${value}`);
  else query.set("costs", chosen.name);
  return query;
}

/** @param {Ledger} found */
export function drawLedger(found) {
  const heads = ["Layer", "Spikes", "Firing rate", "SynOps (ACs)", "MACs", "Energy, nJ"];
  const cells = (/** @type {{spikes: number, firing_rate: number | null, macs: number, acs: number, energy_nj: number}} */ r) =>
    [short(r.spikes), r.firing_rate === null ? "–" : r.firing_rate.toFixed(3), short(r.acs), short(r.macs), r.energy_nj.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })].map((text) => h("td", { class: "number" }, text));
  const rows = found.rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name), ...cells(row)));
  const total = h("tr", {}, h("th", { scope: "row" }, "All"), ...cells(found));
  return [
    h("p", { class: "small muted" }, `${found.tag}; ${found.basis} from the spike map. The ledger sums to N = ${exact(found.spikes)}. A dense ANN of the same shape would take ${exact(found.dense_ann_nj)} nJ at these costs. Only operations are counted, no memory access. Measured operations: python -m engine energy.`),
    h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((name, i) => h("th", { scope: "col", class: i ? "number" : undefined }, name)))), h("tbody", {}, ...rows), h("tfoot", {}, total))),
    ...spikeNote(found.note),
  ];
}

/** @param {Record<string, Costs>} models @param {() => void} again */
function costsForm(models, again) {
  const costs = () => (chosen.name === "own" ? chosen.own : models[chosen.name]); // what is chosen now, asked for or not
  const options = [...Object.keys(models), "own"].map((name) => h("option", { value: name }, name === "own" ? "your own costs" : name));
  const select = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Costs of an operation" }, ...options));
  select.value = chosen.name;
  const field = (/** @type {"mac_pj" | "ac_pj" | "source"} */ key, /** @type {string} */ name) => {
    const input = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: key === "source" ? "text" : "decimal", "data-cost": key }));
    input.value = `${costs()[key]}`;
    input.addEventListener("change", () => {
      if (chosen.name !== "own") Object.assign(chosen, { name: "own", own: { ...costs() } });
      Object.assign(chosen.own, { [key]: input.value });
      again();
    });
    return h("label", {}, name, " ", input);
  };
  select.addEventListener("change", () => {
    if (select.value === "own") chosen.own = { ...costs() };
    chosen.name = select.value;
    again();
  });
  return h("div", { class: "costs small" }, h("label", {}, "Costs ", select), field("mac_pj", "MAC, pJ"), field("ac_pj", "AC, pJ"), field("source", "Source"), h("p", { class: "problem", role: "alert" }));
}
