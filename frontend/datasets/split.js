// What a study trains, validates and tests on, for a seed: the very indices the engine draws.

import { h, setText } from "../lib/dom.js";
import { exact, percent } from "../lib/format.js";
import { send } from "../lib/http.js";

/** @typedef {import("./types.js").Detail} Detail */

/** @param {HTMLElement} controls @param {HTMLElement} place @param {HTMLElement} problem @param {Detail} dataset */
export function drawSplit(controls, place, problem, dataset) {
  const kind = /** @type {HTMLSelectElement} */ (h("select", {}, h("option", { value: "stratified" }, "stratified by class"), h("option", { value: "contiguous" }, "contiguous (the paper's)")));
  const fraction = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: "decimal", value: "0.2", size: 5 }));
  const seed = /** @type {HTMLInputElement} */ (h("input", { type: "text", inputmode: "numeric", value: "0", size: 8 }));
  if (dataset.report.splits.validation) controls.replaceChildren(h("p", { class: "hint" }, "The files bring a validation split of their own: it is that of every study, whatever its seed."));
  else controls.replaceChildren(h("label", {}, "Validation split ", kind), h("label", {}, "Fraction ", fraction), h("label", {}, "Seed ", seed));
  let asked = 0;
  const draw = async () => {
    const turn = ++asked;
    const query = new URLSearchParams({ kind: kind.value, fraction: fraction.value.trim(), seed: seed.value.trim() });
    const { status, data } = await send("GET", `/api/datasets/${dataset.id}/split?${query}`);
    if (turn !== asked) return;
    problem.hidden = status === 200;
    if (status !== 200) return setText(problem, data.problems?.[0] ? `${data.problems[0].field}: ${data.problems[0].message}` : data.error ?? "no split");
    place.replaceChildren(...words(data));
  };
  for (const input of [kind, fraction, seed]) input.addEventListener("input", () => void draw());
  void draw();
}

/** @param {{splits: Record<string, number[]>, validation_sha256: string}} found */
function words({ splits, validation_sha256: digest }) {
  const totals = Object.entries(splits).map(([name, counts]) => ({ name, total: counts.reduce((a, b) => a + b, 0), least: Math.min(...counts), most: Math.max(...counts) }));
  const all = totals.reduce((sum, { total }) => sum + total, 0);
  const rows = totals.map(({ name, total, least, most }) => h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "number" }, exact(total)), h("td", { class: "number" }, percent(total / all)), h("td", { class: "number" }, least === most ? exact(least) : `${exact(least)} to ${exact(most)}`)));
  return [
    h("div", { class: "scroll-x" }, h("table", { class: "splits" }, h("thead", {}, h("tr", {}, ...["Split", "Samples", "Share", "A class"].map((name, k) => h("th", { scope: "col", class: k ? "number" : "" }, name)))), h("tbody", {}, ...rows))),
    h("p", { class: "hint wrap" }, `SHA-256 of the validation indices: ${digest}`),
  ];
}
