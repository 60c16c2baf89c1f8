// Small multiples of training: loss, accuracy, spikes over epochs, as plain SVG with a table twin.

import { differs, fold, h, svg } from "../lib/dom.js";
import { percent, short } from "../lib/format.js";

/** @typedef {import("../wire/events.js").EpochFinished} Epoch */
/** @typedef {{label: string, of: (e: Epoch) => number | null, second?: (e: Epoch) => number | null, text: (v: number) => string, fromZero: boolean}} Curve */

const W = 300;
const H = 132;
const LEFT = 46;
const BOTTOM = 20;
const TOP = 8;

/** @type {Curve[]} */
const CURVES = [
  { label: "Loss (mean squared error)", of: (e) => e.loss, text: (v) => v.toFixed(3), fromZero: true },
  { label: "Accuracy", of: (e) => e.accuracy, second: (e) => e.test_accuracy, text: (v) => percent(v), fromZero: true },
  { label: "Spikes per image", of: (e) => e.spikes, second: (e) => e.test_spikes, text: (v) => short(v), fromZero: true },
];

/**
 * @param {HTMLElement} place
 * @param {Epoch[]} epochs
 * @param {{first: string, second?: string}} names of the solid and the dashed line
 */
export function renderCurves(place, epochs, names) {
  if (!differs(place, String(epochs.length))) return;
  if (!epochs.length) {
    place.replaceChildren(h("p", { class: "muted small" }, "Curves appear with the first finished epoch."));
    return;
  }
  const last = epochs[epochs.length - 1];
  const sentence = names.second
    ? `Epoch ${last.epoch} of ${last.epochs}: ${percent(last.test_accuracy)} on the test split (${names.second}, dashed), ${percent(last.accuracy)} in training.`
    : `Epoch ${last.epoch} of ${last.epochs}: loss ${last.loss.toFixed(4)}, ${percent(last.accuracy)} training accuracy over random paths, ${short(last.spikes)} spikes per image.`;
  place.replaceChildren(
    h("div", { class: "multiples" }, ...CURVES.map((curve) => chart(curve, epochs))),
    h("p", { class: "small muted" }, sentence),
    table(place, epochs, Boolean(names.second)),
  );
}

/** @param {Curve} curve @param {Epoch[]} epochs */
function chart(curve, epochs) {
  const total = epochs[0].epochs;
  const series = [curve.of, ...(curve.second ? [curve.second] : [])].map((of) => epochs.map(of));
  const values = series.flat().filter((v) => v !== null);
  const low = curve.fromZero ? 0 : Math.min(...values);
  const high = Math.max(...values, low + 1e-9);
  const x = (/** @type {number} */ epoch) => LEFT + ((epoch - 1) / Math.max(total - 1, 1)) * (W - LEFT - 8);
  const y = (/** @type {number} */ v) => TOP + (1 - (v - low) / (high - low)) * (H - TOP - BOTTOM);
  const drawing = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${curve.label} by epoch` });
  for (const v of [low, high]) {
    drawing.append(
      svg("line", { x1: LEFT, x2: W - 8, y1: y(v), y2: y(v), class: "grid" }),
      svg("text", { x: LEFT - 6, y: y(v) + 4, "text-anchor": "end", class: "axis" }, curve.text(v)),
    );
  }
  drawing.append(
    svg("text", { x: LEFT, y: H - 4, class: "axis" }, "1"),
    svg("text", { x: W - 8, y: H - 4, "text-anchor": "end", class: "axis" }, `epoch ${total}`),
  );
  series.forEach((line, i) => {
    const points = line.flatMap((v, k) => (v === null ? [] : [[x(epochs[k].epoch), y(v)]]));
    if (!points.length) return;
    drawing.append(svg("polyline", { points: points.map((p) => p.join(",")).join(" "), class: i ? "line second" : "line" }));
    const [px, py] = points[points.length - 1];
    drawing.append(svg("circle", { cx: px, cy: py, r: 3, class: "dot" }));
  });
  const key = curve.second && series[1]?.some((v) => v !== null) ? " · training solid, test dashed" : "";
  return h("figure", {}, h("figcaption", { class: "small" }, curve.label, h("span", { class: "muted" }, key)), drawing);
}

/** @param {HTMLElement} place @param {Epoch[]} epochs @param {boolean} tested */
function table(place, epochs, tested) {
  const names = ["Epoch", "Loss", "Accuracy", "Spikes", ...(tested ? ["Test accuracy", "Test spikes"] : [])];
  const body = epochs.map((e) => {
    const cells = [String(e.epoch), e.loss.toFixed(5), percent(e.accuracy), short(e.spikes)];
    if (tested) cells.push(percent(e.test_accuracy), short(e.test_spikes));
    return h("tr", {}, ...cells.map((text) => h("td", { class: "number" }, text)));
  });
  const head = h("tr", {}, ...names.map((name) => h("th", { class: "number", scope: "col" }, name)));
  const rows = h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
  return fold(place, "table", "As a table", h("div", { class: "scroll-x" }, rows));
}
