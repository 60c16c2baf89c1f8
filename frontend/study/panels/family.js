// The searches on one supernet: what each was, what it found, and the way to their fronts in one plot.

import { h } from "../../lib/dom.js";
import { exact, minus, percent, short } from "../../lib/format.js";
import { got } from "../../lib/http.js";

/**
 * @typedef {{
 *   id: string, url: string, name: string, state: string, algorithm: string, lambda: number, seed: number, forked_at: number | null,
 *   generation: number, generations: number, fitness: number | null,
 *   best: {architecture: string, accuracy: number, spikes: number, tag: string} | null
 * }} Member
 */

/** As many as a comparison takes. */
const MOST_COMPARED = 8;
const HEADS = ["Study", "λ", "Seed", "State", "Generations", "Best fitness", "Best architecture", "Accuracy", "Spikes"];
const FIRST_NUMBER = [1, 2, 4, 5, 7, 8];

/** Ask for them and draw; what cannot be loaded leaves what stood there. @param {HTMLElement} place @param {string} here */
export async function showFamily(place, here) {
  const found = await got(`/api/studies/${here}/family`, (answer) => answer.json());
  if (!found) return;
  place.toggleAttribute("data-empty", found.studies.length < 2);
  place.replaceChildren(...(found.studies.length < 2 ? [] : drawFamily(found.studies, here)));
}

/** @param {Member[]} studies the oldest first @param {string} here the id of the study whose page this is */
export function drawFamily(studies, here) {
  const heads = HEADS.map((head, i) => h("th", { scope: "col", class: FIRST_NUMBER.includes(i) ? "number" : undefined }, head));
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...studies.map((study) => row(study, here))));
  return [
    h("div", { class: "panel-head" }, h("h2", { id: "family-title" }, "Searches on this supernet"), h("a", { class: "button", href: compareUrl(studies, here) }, "Compare their fronts")),
    h("p", { class: "small muted" }, words(studies)),
    h("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Searches on this supernet, as a table" }, table),
  ];
}

/** Their fronts overlaid: this study's, and the newest of the others where there are more than fit. @param {Member[]} studies @param {string} here */
export function compareUrl(studies, here) {
  const others = studies.filter((study) => study.id !== here).slice(1 - MOST_COMPARED);
  const ids = new Set([here, ...others.map((study) => study.id)]);
  return `/compare?s=${studies.filter((study) => ids.has(study.id)).map((study) => study.id).join(",")}`;
}

/** @param {Member[]} studies */
function words(studies) {
  const compared = studies.length > MOST_COMPARED ? ` A comparison takes ${MOST_COMPARED} of them: this one and the newest.` : "";
  return `${studies.length} studies, one supernet, trained once. Each fitness is by the study's own λ.${compared}`;
}

/** @param {Member} study @param {string} here */
function row(study, here) {
  const name = study.id === here ? h("b", {}, `${study.name}, this one`) : h("a", { href: study.url }, study.name);
  const kept = study.forked_at ? h("span", { class: "small muted" }, `from generation ${study.forked_at}`) : "";
  const { best } = study;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name, " ", kept),
    h("td", { class: "number" }, minus(study.lambda)),
    h("td", { class: "number" }, String(study.seed)),
    h("td", {}, study.state),
    h("td", { class: "number" }, `${study.generation} of ${study.generations}`),
    h("td", { class: "number" }, study.fitness === null ? "–" : study.fitness.toFixed(4)),
    h("td", {}, best ? h("code", {}, best.architecture) : "–", " ", best ? h("span", { class: "tag" }, best.tag) : ""),
    h("td", { class: "number" }, best ? percent(best.accuracy) : "–"),
    h("td", { class: "number", title: best ? exact(best.spikes) : undefined }, best ? short(best.spikes) : "–"),
  );
}
