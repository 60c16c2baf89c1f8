// The studies that repeat this one over seeds: each one's result, and their mean and spread.

import { h } from "../../lib/dom.js";
import { exact, percent, short } from "../../lib/format.js";
import { got } from "../../lib/http.js";

/** @typedef {{n: number, mean: number, deviation: number | null}} Spread */
/** @typedef {{architecture: string, test_accuracy: number, test_spikes: number, firing_rate: number, parameters: number}} Result */
/** @typedef {{id: string, url: string, name: string, seed: number, state: string, result: Result | null}} Line */
/** @typedef {{studies: Line[], finished: number, spread: Record<string, Spread> | null}} Repeat */

/** Ask for them and draw; what cannot be loaded leaves what stood there. @param {HTMLElement} place @param {string} repeat @param {string} here */
export async function showRepeat(place, repeat, here) {
  const found = await got(`/api/repeats/${repeat}`, (answer) => answer.json());
  if (!found) return;
  place.removeAttribute("data-empty");
  place.replaceChildren(...drawRepeat(found, here));
}

/** @param {Repeat} found @param {string} here the id of the study whose page this is */
export function drawRepeat(found, here) {
  const heads = ["Seed", "State", "Architecture", "Accuracy", "Spikes", "Firing rate"];
  const lines = found.studies.map((study) => {
    const name = study.id === here ? h("b", {}, `${study.seed}, this one`) : h("a", { href: study.url }, `${study.seed}`);
    const r = study.result;
    const numbers = r ? [percent(r.test_accuracy), short(r.test_spikes), r.firing_rate.toFixed(3)] : ["–", "–", "–"];
    return h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, study.state), h("td", {}, r ? h("code", {}, r.architecture) : "–"), ...numbers.map((text) => h("td", { class: "number" }, text)));
  });
  return [
    h("h2", {}, "Seeds ", h("span", { class: "tag" }, "test, retrained")),
    h("p", {}, words(found)),
    h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((head, i) => h("th", { scope: "col", class: i > 2 ? "number" : undefined }, head)))), h("tbody", {}, ...lines))),
  ];
}

/** @param {Repeat} found */
function words({ studies, finished, spread }) {
  const count = `${finished} of ${studies.length} finished.`;
  if (!spread) return count;
  const { test_accuracy: accuracy, test_spikes: spikes } = spread;
  const points = accuracy.deviation === null ? "" : ` ± ${exact(100 * accuracy.deviation)} points`;
  const around = spikes.deviation === null ? "" : ` ± ${short(spikes.deviation)}`;
  return `${count} Mean ± sample deviation: ${percent(accuracy.mean)}${points} accuracy, ${short(spikes.mean)}${around} spikes, n = ${accuracy.n}.`;
}
