// How far the supernet's ranking can be trusted: Kendall's τ with its interval and the networks behind it, or what to do for one.

import { label } from "../../configurator/words.js";
import { differs, h, svg } from "../../lib/dom.js";
import { exact, minus, percent, short } from "../../lib/format.js";
import { got } from "../../lib/http.js";

/** Fewer networks have no interval: engine/metrics/rank_correlation.py says why. */
const LEAST = 10;
const SIZE = 260;
const PAD = 44;

/**
 * What was retrained later, on request: by architecture, with τ of these and the search's own sample together.
 * @typedef {{
 *   studies: {id: string, url: string, name: string, state: string}[],
 *   architectures: {architecture: string, search_accuracy: number | null, seeds: number[], test_accuracy: number, deviation: number | null, test_spikes: number}[],
 *   trust: import("../../wire/events.js").Trust | null, note: string
 * }} Retrained
 */
/** A network with its estimate; `later` marks one that was retrained on request. @typedef {{architecture: string, estimate: number, accuracy: number, later: boolean}} Pair */

/** @type {Retrained} */
const NONE = { studies: [], architectures: [], trust: null, note: "" };

/** What the server knows of architectures retrained later; as before where it does not answer. @param {string} study @param {Retrained | undefined} before */
export async function askRetrained(study, before) {
  return (await got(`/api/studies/${study}/retrained`, (answer) => answer.json())) ?? before;
}

/** @param {HTMLElement} place @param {import("../../wire/state.js").State} state @param {import("../../wire/events.js").Summary} summary @param {Retrained} retrained */
export function renderTrust(place, state, summary, retrained = NONE) {
  const own = state.trainings.flatMap((t) => (t.search_accuracy === null ? [] : [{ architecture: t.architecture, estimate: t.search_accuracy, accuracy: t.test_accuracy, later: false }]));
  if (!differs(place, `${own.length}/${Boolean(state.analysed)}/${Boolean(state.finished)}/${JSON.stringify(retrained)}`)) return;
  const later = retrained.architectures.flatMap((t) => (t.search_accuracy === null ? [] : [{ architecture: t.architecture, estimate: t.search_accuracy, accuracy: t.test_accuracy, later: true }]));
  const both = [...own, ...later];
  place.replaceChildren(h("p", {}, ...words(state, summary, own.length)), ...(retrained.studies.length ? onRequest(retrained) : []), ...(both.length > 1 ? [scatter(both)] : []));
}

/** @param {Retrained} retrained */
function onRequest({ studies, architectures, trust, note }) {
  const links = studies.flatMap((study, i) => [i ? ", " : "", h("a", { href: study.url }, study.name), study.state === "succeeded" ? "" : ` (${study.state})`]);
  const joined = trust ? [` With them Kendall's τ = `, h("b", {}, signed(trust.tau)), ` (n = ${trust.n}).`] : note ? [` No rank correlation with them: ${note}.`] : [];
  const chosen = architectures.length ? " They were chosen by a person, so they are no even sample of the ranking." : "";
  const heads = ["Genome", "Supernet, validation", "Own, test", "Seeds", "Spikes"].map((name, i) => h("th", { scope: "col", class: i ? "number" : undefined }, name));
  const rows = architectures.map((one) => {
    const spread = one.deviation === null ? "" : ` ± ${exact(100 * one.deviation)}`;
    const numbers = [one.search_accuracy === null ? "not evaluated" : percent(one.search_accuracy), `${percent(one.test_accuracy)}${spread}`, String(one.seeds.length), short(one.test_spikes)];
    return h("tr", {}, h("th", { scope: "row" }, h("code", {}, one.architecture)), ...numbers.map((text) => h("td", { class: "number" }, text)));
  });
  const table = h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows)));
  return [h("p", { id: "trust-later" }, "Retrained on request (open dots): ", ...links, ".", ...joined, chosen), ...(rows.length ? [table] : [])];
}

/** @param {number} value */
function signed(value) {
  return minus(value.toFixed(2));
}

/** @param {import("../../wire/state.js").State} state @param {import("../../wire/events.js").Summary} summary @param {number} n */
function words({ analysed }, summary, n) {
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

/** Estimate across, own accuracy up. @param {Pair[]} trainings */
function scatter(trainings) {
  const [xs, ys] = [trainings.map((t) => t.estimate), trainings.map((t) => t.accuracy)];
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
    ...trainings.map((t) => svg("circle", { cx: left(t.estimate), cy: top(t.accuracy), r: 4, class: t.later ? "dot later" : "dot" }, svg("title", {}, `${t.architecture}: ${percent(t.estimate)} estimated, ${percent(t.accuracy)} on test${t.later ? ", retrained on request" : ""}`))),
    svg("text", { x: PAD, y: SIZE - PAD + 16, class: "axis" }, percent(x.low)),
    svg("text", { x: SIZE - 12, y: SIZE - PAD + 16, "text-anchor": "end", class: "axis" }, percent(x.high)),
    svg("text", { x: (SIZE + PAD) / 2, y: SIZE - 8, "text-anchor": "middle", class: "axis" }, "supernet, validation"),
    svg("text", { x: PAD - 4, y: SIZE - PAD, "text-anchor": "end", class: "axis" }, percent(y.low)),
    svg("text", { x: PAD - 4, y: 16, "text-anchor": "end", class: "axis" }, percent(y.high)),
    svg("text", { x: PAD + 6, y: 20, class: "axis" }, "own, test"),
  );
}
