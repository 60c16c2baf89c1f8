// An analysis: its arms as distributions, beside the paper's numbers where there are any, and every training. What it says of the supernet is in trust.js.

import { differs, fold, h, svg } from "../../lib/dom.js";
import { bytes, exact, percent, short } from "../../lib/format.js";

/** @typedef {import("../../wire/events.js").TrainingFinished} Training */
/** @typedef {{arm: string, trainings: Training[]}} Arm */
/** @typedef {{of: (t: Training) => number, text: (v: number) => string, name: string}} Measure */

const WIDTH = 260;
const HEIGHT = 26;
const PAD = 8;

/** @type {Measure[]} */
const MEASURES = [
  { name: "Accuracy", of: (t) => t.test_accuracy, text: (v) => percent(v) },
  { name: "Spikes per image", of: (t) => t.test_spikes, text: (v) => short(v) },
];

/**
 * @param {HTMLElement} place
 * @param {import("../../wire/state.js").State} state
 * @param {import("../../wire/events.js").Summary} summary
 */
export function renderAnalysis(place, state, summary) {
  const { trainings, analysed } = state;
  const empty = !summary.config.analysis && state.phase !== "analysis" && !trainings.length;
  place.toggleAttribute("data-empty", empty);
  if (!differs(place, `${trainings.length}/${Boolean(analysed)}/${empty}/${summary.downloads?.bytes}`)) return;
  const total = trainings.at(-1)?.trainings;
  place.replaceChildren(
    h("h2", {}, "Trained from scratch ", h("span", { class: "tag" }, "test")),
    h("p", { class: "muted small" }, total ? `${trainings.length} of ${trainings.length + total - 1 - trainings[trainings.length - 1].number} networks trained; numbers are of the last epoch on the test split.` : "Results appear with the first trained network."),
    ...(trainings.length ? [armTable(arms(trainings))] : []),
    ...(analysed?.comparison.length ? [comparison(place, analysed.comparison)] : []),
    ...(trainings.length ? [everyTraining(place, trainings)] : []),
    ...(summary.config.analysis && summary.downloads ? [h("p", {}, h("a", { class: "button primary", href: summary.downloads.zip, download: true, id: "download" }, `Download the results (zip, ${bytes(summary.downloads.bytes)})`))] : []),
  );
}

/** The trainings by arm, in order of appearance. @param {Training[]} trainings @returns {Arm[]} */
export function arms(trainings) {
  const names = [...new Set(trainings.map((t) => t.arm))];
  return names.map((arm) => ({ arm, trainings: trainings.filter((t) => t.arm === arm) }));
}

/** Mean, and sample standard deviation where there is one. @param {number[]} values */
export function spread(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** @param {Arm[]} found */
function armTable(found) {
  const all = found.flatMap((arm) => arm.trainings);
  const ranges = MEASURES.map(({ of }) => [Math.min(...all.map(of)), Math.max(...all.map(of))]);
  const head = h("tr", {}, h("th", { scope: "col" }, "Arm"), h("th", { scope: "col", class: "number" }, "n"), ...MEASURES.map((m) => h("th", { scope: "col" }, m.name)));
  const rows = found.map(({ arm, trainings }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, arm),
      h("td", { class: "number" }, `${trainings.length}`),
      ...MEASURES.map((measure, i) => h("td", {}, meanWords(trainings.map(measure.of), measure), dots(trainings.map(measure.of), ranges[i], measure))),
    ),
  );
  return h("div", { class: "scroll-x" }, h("table", { class: "arms" }, h("thead", {}, head), h("tbody", {}, ...rows)));
}

/** @param {number[]} values @param {Measure} measure */
function meanWords(values, { text }) {
  const { mean, deviation } = spread(values);
  return h("div", {}, h("b", {}, text(mean)), deviation === null ? "" : ` ± ${text(deviation)}`);
}

/** One dot a network on a scale that all arms share; the bar is their mean. @param {number[]} values @param {number[]} range @param {Measure} measure */
function dots(values, [low, high], { name, text }) {
  const x = (/** @type {number} */ v) => PAD + ((v - low) / (high - low || 1)) * (WIDTH - 2 * PAD);
  const { mean } = spread(values);
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", class: "dots", "aria-label": `${name}: ${values.map(text).join(", ")}` },
    svg("line", { x1: PAD, x2: WIDTH - PAD, y1: HEIGHT / 2, y2: HEIGHT / 2, class: "axis" }),
    svg("line", { x1: x(mean), x2: x(mean), y1: 4, y2: HEIGHT - 4, class: "mean" }),
    ...values.map((v) => svg("circle", { cx: x(v), cy: HEIGHT / 2, r: 4, class: "dot" })),
  );
}

/** @param {HTMLElement} place @param {import("../../wire/events.js").PaperAndHere[]} lines */
function comparison(place, lines) {
  const head = ["", "Quantity", "Paper", "Here", "Measured on"].map((name, i) => h("th", { scope: "col", class: i === 2 || i === 3 ? "number" : undefined }, name));
  const number = (/** @type {number | null} */ v, /** @type {string} */ quantity) => (v === null ? "–" : quantity === "spikes" ? exact(Math.round(v)) : v.toFixed(2));
  const rows = lines.map((line) =>
    h("tr", {}, h("th", { scope: "row" }, line.row), h("td", {}, `${line.quantity}, ${line.unit}`), h("td", { class: "number" }, number(line.paper, line.quantity)), h("td", { class: "number" }, number(line.here, line.quantity)), h("td", { class: "small muted" }, line.tag)),
  );
  return fold(place, "paper", "Comparison with the paper", h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows))));
}

/** @param {HTMLElement} place @param {Training[]} trainings */
function everyTraining(place, trainings) {
  const head = ["Arm", "Architecture", "Seed", "Accuracy", "Spikes", "Firing rate", "Parameters"].map((name, i) => h("th", { scope: "col", class: i > 1 ? "number" : undefined }, name));
  const rows = trainings.map((t) => {
    const numbers = [`${t.seed}`, percent(t.test_accuracy), short(t.test_spikes), t.firing_rate.toFixed(3), short(t.parameters)];
    return h("tr", {}, h("td", {}, t.arm), h("td", {}, h("code", {}, t.architecture)), ...numbers.map((text) => h("td", { class: "number" }, text)));
  });
  return fold(place, "networks", "Every network as a table", h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows))));
}
