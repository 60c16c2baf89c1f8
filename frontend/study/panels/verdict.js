// One line above the stage, of one height from the start: the result, or the best so far and how much was looked at.

import { differs, h } from "../../lib/dom.js";
import { exact, percent, short } from "../../lib/format.js";
import { strip } from "../../domain/genome.js";

/**
 * @param {HTMLElement} place
 * @param {import("../../wire/state.js").State} state
 * @param {import("../../wire/events.js").Summary} summary
 */
export function renderVerdict(place, state, summary) {
  const { finished } = state;
  const last = state.generations.at(-1);
  if (!differs(place, `${finished?.sha256}/${last?.generation}/${summary.state}`)) return;
  const layers = summary.config.network.macro.layers;
  const seen = `${exact(state.candidates.length)} of ${exact(summary.space_size)} evaluated`;
  if (finished) {
    place.replaceChildren(h("b", {}, "Winner"), strip(document, finished.architecture, layers), h("span", {}, h("b", {}, percent(finished.test_accuracy)), " accuracy"), h("span", {}, h("b", { title: exact(finished.test_spikes) }, short(finished.test_spikes)), " spikes per image"), h("span", { class: "tag" }, "test, retrained"), h("a", { href: "#winner" }, "Details and download"));
    return;
  }
  const best = last && state.candidates[last.best];
  if (best) {
    place.replaceChildren(h("b", {}, "Best so far"), strip(document, best.architecture, layers), h("span", {}, h("b", {}, percent(best.accuracy)), " accuracy"), h("span", {}, h("b", { title: exact(best.spikes) }, short(best.spikes)), " spikes per image"), h("span", { class: "tag" }, "validation, supernet"), h("span", { class: "muted" }, `${seen}, ${last.front.length} on the front`));
    return;
  }
  const ended = summary.state === "failed" || summary.state === "cancelled";
  place.replaceChildren(h("span", { class: "muted" }, `${exact(summary.space_size)} architectures, ${ended ? "none evaluated." : "none evaluated yet. The best so far appears here."}`));
}
