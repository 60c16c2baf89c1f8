// From one network's N to another's, a bar a layer: where the spikes go. The table and the picture are one.

import { h } from "../lib/dom.js";
import { exact } from "../lib/format.js";
import { floor, total, waterfall } from "./layers.js";

/** @typedef {import("./types.js").Network} Network */

/**
 * @param {HTMLElement} place
 * @param {Network[]} networks
 * @param {string[]} names
 * @param {{from: number, to: number}} view
 * @param {(change: {from?: number, to?: number}) => void} show
 */
export function renderWaterfall(place, networks, names, view, show) {
  if (networks.length < 2) {
    place.replaceChildren(h("p", { class: "muted" }, "Add a second architecture to see the difference in spikes, layer by layer."));
    return;
  }
  const focused = document.activeElement?.id ?? "";
  const [from, to] = [Math.min(view.from, networks.length - 1), Math.min(view.to, networks.length - 1)];
  const [first, second] = [networks[from], networks[to]];
  const steps = waterfall(first, second);
  const [before, after] = [total(first), total(second)];
  const levels = [before, after, ...steps.flatMap((step) => [step.from, step.to])];
  const [low, high] = [floor(levels), Math.max(...levels)];
  const across = (/** @type {number} */ value) => `${(100 * (value - low)) / (high - low || 1)}%`;
  const ends = (/** @type {string} */ which, /** @type {number} */ n) => line(`N, ${which}`, "", exact(n), low, n, "whole", across);
  const body = steps.map((step) => {
    const kind = step.delta > 0 ? "more" : step.delta < 0 ? "fewer" : "same";
    const blocks = step.blocks[0] === step.blocks[1] ? "" : `${step.blocks[0] || "no layer"} → ${step.blocks[1] || "no layer"}`;
    return line(step.name, blocks, signed(step.delta), Math.min(step.from, step.to), Math.max(step.from, step.to), kind, across);
  });
  const head = h("tr", {}, h("th", { scope: "col" }, "Layer"), h("th", { scope: "col", class: "track-head" }, low ? `the axis begins at ${exact(low)}` : "from 0"), h("th", { scope: "col", class: "number" }, "Spikes"));
  const table = h("table", { class: "waterfall" }, h("thead", {}, head), h("tbody", {}, ends("from", before), ...body, ends("to", after)));
  place.replaceChildren(
    h("div", { class: "tools" }, choice("from", "From", names, from, (value) => show({ from: value })), choice("to", "to", names, to, (value) => show({ to: value }))),
    h("p", { id: "waterfall-words" }, sentence(steps, names[from], names[to], before, after, first.sample)),
    h("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Spikes per layer, layer by layer" }, table),
  );
  if (focused === "waterfall-from" || focused === "waterfall-to") document.getElementById(focused)?.focus(); // the choice a person holds stays theirs
}

/**
 * @param {import("./layers.js").Step[]} steps
 * @param {string} first
 * @param {string} second
 * @param {number} before
 * @param {number} after
 * @param {string} sample
 */
export function sentence(steps, first, second, before, after, sample) {
  const most = steps.reduce((a, b) => (Math.abs(b.delta) > Math.abs(a.delta) ? b : a));
  const change = `From ${first} (${exact(before)}) to ${second} (${exact(after)}): ${signed(after - before)} spikes per ${sample}`;
  return most.delta === 0 ? `${change}; every layer fires the same.` : `${change}, the largest share in layer ${most.name} (${signed(most.delta)}). The layers sum to the difference.`;
}

/** @param {number} value */
export function signed(value) {
  const text = exact(Math.abs(value));
  return text === "0" ? "0" : `${value > 0 ? "+" : "−"}${text}`;
}

/**
 * @param {string} name
 * @param {string} blocks
 * @param {string} number
 * @param {number} start
 * @param {number} end
 * @param {string} kind
 * @param {(value: number) => string} across
 */
function line(name, blocks, number, start, end, kind, across) {
  const bar = h("span", { class: `step ${kind}` });
  bar.style.left = across(start);
  bar.style.width = `max(2px, calc(${across(end)} - ${across(start)}))`;
  return h("tr", { class: kind === "whole" ? "whole-row" : "" }, h("th", { scope: "row" }, name, ...(blocks ? [" ", h("span", { class: "small muted" }, blocks)] : [])), h("td", { class: "track", "aria-hidden": "true" }, h("span", { class: "rail" }, bar)), h("td", { class: "number" }, number));
}

/** @param {string} id @param {string} label @param {string[]} names @param {number} chosen @param {(value: number) => void} pick */
function choice(id, label, names, chosen, pick) {
  const select = /** @type {HTMLSelectElement} */ (h("select", { id: `waterfall-${id}` }, ...names.map((name, i) => h("option", { value: i }, name))));
  select.value = String(chosen);
  select.addEventListener("change", () => pick(Number(select.value)));
  return h("label", {}, `${label} `, select);
}
