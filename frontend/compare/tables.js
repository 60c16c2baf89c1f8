// Best, knee and winner of each study, and the fields in which their configs differ.

import { h } from "../lib/dom.js";
import { exact, minus, percent, short } from "../lib/format.js";
import { strip } from "../domain/genome.js";
import { mark, titles } from "./series.js";

/** @typedef {import("./types.js").Compared} Compared */
/** @typedef {import("./types.js").Point} Point */

/**
 * @param {HTMLElement} place
 * @param {Compared[]} studies
 * @param {{spikes: number}} reference
 * @param {(key: string) => void} add an architecture to the comparison
 */
export function renderTable(place, studies, reference, add) {
  const names = titles(studies);
  const head = ["Study", "Evaluated", "Hypervolume", "Fittest, validation, supernet", "Knee, validation, supernet", "Winner, test, retrained"];
  const body = studies.map((study, i) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, mark(i), " ", h("a", { href: study.url }, names[i]), h("span", { class: "small muted" }, `λ = ${minus(study.fitness_lambda)}, T = ${study.time_steps}, seed ${study.seed}${study.search_seed === study.seed ? "" : `, search seed ${study.search_seed}`}`)),
      h("td", { class: "number" }, exact(study.judged)),
      h("td", { class: "number" }, study.hypervolume === null ? "–" : percent(study.hypervolume)),
      cell(study, study.best, names[i], study.best?.architecture ?? "", add),
      cell(study, study.knee, names[i], study.knee?.architecture ?? "", add),
      cell(study, study.winner, names[i], "winner", add),
    ),
  );
  const table = h("table", { class: "sides" }, h("thead", {}, h("tr", {}, ...head.map((name, i) => h("th", { scope: "col", class: i === 1 || i === 2 ? "number" : "" }, name)))), h("tbody", {}, ...body));
  place.replaceChildren(
    h("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Best, knee and winner of each study" }, table),
    h("p", { class: "small muted" }, `Hypervolume: share of accuracy 0…1 × spikes 0…${exact(reference.spikes)} that a front dominates. The knee is the point where a front bends most. The fittest is by each study's own λ and N_avg.`),
  );
}

/**
 * @param {Compared} study
 * @param {Point | null} point
 * @param {string} name
 * @param {string} code how the address names it
 * @param {(key: string) => void} add
 */
function cell(study, point, name, code, add) {
  if (!point) return h("td", { class: "muted" }, "–");
  const button = h("button", { type: "button", class: "quiet", "aria-label": `Compare ${point.architecture} (${point.tag}) of ${name}` }, "Compare");
  button.addEventListener("click", () => add(`${study.id}:${code}`));
  return h(
    "td",
    {},
    h("div", { class: "point" }, strip(document, point.architecture, study.layers), button),
    h("span", { class: "small" }, h("b", {}, percent(point.accuracy)), ", ", h("b", { title: exact(point.spikes) }, short(point.spikes)), ` spikes`),
  );
}

/**
 * @param {HTMLElement} place
 * @param {Compared[]} studies
 * @param {import("./types.js").Difference[]} differences
 */
export function renderDifferences(place, studies, differences) {
  if (!differences.length) {
    const words = studies.length < 2 ? "Add a second study to see the differences." : "None: the configs are the same in every field except the name.";
    place.replaceChildren(h("p", { class: "muted" }, words));
    return;
  }
  const names = titles(studies);
  const head = h("tr", {}, h("th", { scope: "col" }, "Field"), ...names.map((name, i) => h("th", { scope: "col" }, mark(i), " ", name)));
  const body = differences.map(({ path, values }) => h("tr", {}, h("th", { scope: "row" }, h("code", {}, path)), ...values.map((value) => h("td", {}, value ?? "–"))));
  const table = h("table", { class: "sides" }, h("thead", {}, head), h("tbody", {}, ...body));
  place.replaceChildren(h("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Fields in which the configs differ" }, table));
}
