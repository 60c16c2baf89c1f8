// How far the supernet's ranking can be trusted: Kendall's τ with its interval and the networks behind it, or what to do for one.

import { label } from "../../configurator/words.js";
import { differs, h, svg } from "../../lib/dom.js";
import { minus, percent } from "../../lib/format.js";

/** Fewer networks have no interval: engine/metrics/rank_correlation.py says why. */
const LEAST = 10;
const SIZE = 260;
const PAD = 44;

/** @param {HTMLElement} place @param {import("../../wire/state.js").State} state @param {import("../../wire/events.js").Summary} summary */
export function renderTrust(place, state, summary) {
  const both = state.trainings.filter((t) => t.search_accuracy !== null);
  if (!differs(place, `${both.length}/${Boolean(state.analysed)}/${Boolean(state.finished)}`)) return;
  const drawing = both.length > 1 ? [scatter(both)] : [];
  place.replaceChildren(h("p", {}, ...words(state, summary, both.length)), ...drawing);
}

/** @param {import("../../wire/state.js").State} state @param {import("../../wire/events.js").Summary} summary @param {number} n */
function words({ analysed }, summary, n) {
  const signed = (/** @type {number} */ v) => minus(v.toFixed(2));
  if (analysed?.trust) {
    const { tau, low, high, confidence, n: count } = analysed.trust;
    const between = count < LEAST || low === null || high === null ? `no interval below ${LEAST} networks` : `${percent(confidence)} interval ${signed(low)} to ${signed(high)}`;
    return ["Kendall's τ = ", h("b", {}, signed(tau)), ` between the supernet's estimates and the retrained test accuracies (${between}, n = ${count}). ${verdict(analysed.trust)}`];
  }
  if (analysed?.note) return [`No rank correlation: ${analysed.note}.`];
  if (summary.config.retrain?.trust) return [`${n} of ${summary.config.retrain.trust} networks are retrained; τ follows when all are.`];
  return ["Accuracies here are the supernet's estimates. To measure how well they rank, ", h("a", { href: `/studies/new?from=${summary.id}` }, "clone this study"), ` with “${label(["retrain", "trust"])}” of 3 or more: that many networks are trained from scratch and compared. An interval needs ${LEAST}.`];
}

/** Whether the ranking is better than chance: by a permutation test, or of events stored before it by the interval. @param {import("../../wire/events.js").Trust} trust */
function verdict({ n, low, p_value: p = null, better_than_chance: better }) {
  if (p !== null) {
    const odds = `in a permutation test ${p < 0.001 ? "fewer than 1 in 1,000" : `${(100 * p).toFixed(1)} of 100`} unrelated rankings agree as well`;
    return better ? `The supernet ranks better than chance: ${odds}.` : `The ranking cannot be told from chance: ${odds}.`;
  }
  if (n < LEAST) return "An older version stored no permutation test, so nothing is said of chance.";
  return low !== null && low > 0 ? "The supernet ranks better than chance." : "The interval contains 0: with so few networks the ranking cannot be told from chance.";
}

/** Estimate across, own accuracy up. @param {import("../../wire/events.js").TrainingFinished[]} trainings */
function scatter(trainings) {
  const [xs, ys] = [trainings.map((t) => t.search_accuracy ?? 0), trainings.map((t) => t.test_accuracy)];
  const place = (/** @type {number[]} */ values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { low, high, at: (/** @type {number} */ v) => (v - low) / (high - low || 1) };
  };
  const [x, y] = [place(xs), place(ys)];
  const left = (/** @type {number} */ v) => PAD + x.at(v) * (SIZE - PAD - 12);
  const top = (/** @type {number} */ v) => SIZE - PAD - y.at(v) * (SIZE - PAD - 12);
  return svg(
    "svg",
    { viewBox: `0 0 ${SIZE} ${SIZE}`, width: SIZE, height: SIZE, role: "img", class: "trust", "aria-label": `supernet estimate against test accuracy of ${trainings.length} networks` },
    svg("path", { d: `M${PAD} 12V${SIZE - PAD}H${SIZE - 12}`, class: "frame" }),
    ...trainings.map((t) => svg("circle", { cx: left(t.search_accuracy ?? 0), cy: top(t.test_accuracy), r: 4, class: "dot" }, svg("title", {}, `${t.architecture}: ${percent(t.search_accuracy)} estimated, ${percent(t.test_accuracy)} on test`))),
    svg("text", { x: PAD, y: SIZE - PAD + 16, class: "axis" }, percent(x.low)),
    svg("text", { x: SIZE - 12, y: SIZE - PAD + 16, "text-anchor": "end", class: "axis" }, percent(x.high)),
    svg("text", { x: (SIZE + PAD) / 2, y: SIZE - 8, "text-anchor": "middle", class: "axis" }, "supernet, validation"),
    svg("text", { x: PAD - 4, y: SIZE - PAD, "text-anchor": "end", class: "axis" }, percent(y.low)),
    svg("text", { x: PAD - 4, y: 16, "text-anchor": "end", class: "axis" }, percent(y.high)),
    svg("text", { x: PAD + 6, y: 20, class: "axis" }, "own, test"),
  );
}
