// The accuracy–spikes plot as Plotly traces: candidates pale to full, front, iso-fitness curves, and what is drawn beside.

import { mix, token } from "../lib/colours.js";
import { percent, short } from "../lib/format.js";
import { decimate } from "../domain/decimation.js";
import { roundStep } from "../lib/ticks.js";

/** @typedef {import("../wire/events.js").Candidate} Candidate */
/** @typedef {import("../study/frame.js").Frame} Frame */
/** @typedef {import("../study/view.js").View} View */
/** A network trained from scratch, on the test split; one without a name is drawn small. @typedef {{name: string, accuracy: number, spikes: number, firing_rate: number, parameters: number}} Trained */
/** A number of the paper's, on the same data set. @typedef {{name: string, accuracy: number, spikes: number, source: string}} Published */
/** @typedef {{trained: Trained[], published: Published[], requested: import("../study/inspections.js").Inspection[]}} Beside */

export const AXES = {
  spikes: "spikes per image", firing_rate: "firing rate, spikes per neuron and step", parameters: "parameters",
  accuracy: "accuracy, %", fitness: "fitness",
};

/** How to place a candidate. @param {View} view @param {Frame} frame */
export function placing(view, frame) {
  return {
    x: (/** @type {Candidate} */ c) => c[view.x],
    y: (/** @type {Candidate} */ c) => (view.y === "accuracy" ? 100 * c.accuracy : frame.fitness(c)),
  };
}

/** Which candidates are drawn. @param {Frame} frame @param {View} view */
export function drawn(frame, view) {
  const keep = new Set([...frame.frontIds, ...frame.current.map((c) => c.id), view.selected ?? -1, frame.best?.id ?? -1]);
  const { x, y } = placing(view, frame);
  return decimate(frame.candidates, view.log ? (c) => Math.log(Math.max(x(c), 1e-9)) : x, y, keep);
}

/** @param {Candidate[]} points @param {Frame} frame @param {View} view @param {Beside} beside */
export function traces(points, frame, view, beside) {
  const axes = view.x === "spikes" && view.y === "accuracy";
  return [
    ...(axes && view.iso && frame.best ? isoCurves(frame) : []),
    ...(axes ? [frontLine(frame)] : []),
    cloud(points, frame, view),
    ...(frame.estimating ? [estimated(frame, view)] : []),
    ...(view.y === "accuracy" ? others(view, beside) : []),
  ];
}

/** @param {Frame} frame */
function frontLine(frame) {
  return {
    type: "scatter", mode: "lines", name: "Pareto front", hoverinfo: "skip",
    x: frame.front.map((c) => c.spikes), y: frame.front.map((c) => 100 * c.accuracy), line: { color: token("--ink"), width: 1.5, shape: "hv" },
  };
}

/** @param {Candidate[]} points @param {Frame} frame @param {View} view */
function cloud(points, frame, view) {
  const { x, y } = placing(view, frame);
  const last = Math.max(frame.planned - 1, 1);
  const [pale, full] = [mix(token("--surface"), token("--accent"), 0.35), token("--accent")];
  const shades = Array.from({ length: 17 }, (_, i) => mix(pale, full, i / 16));
  const now = (/** @type {Candidate} */ c) => c.generation === frame.shown;
  const text = (/** @type {Candidate} */ c) =>
    `<b>${c.architecture}</b><br>${percent(c.accuracy)}, ${short(c.spikes)} spikes<br>fitness ${frame.fitness(c).toFixed(4)}<br>#${c.id}, generation ${c.generation + 1}, ${c.origin}`;
  return {
    type: "scatter", mode: "markers", name: "candidates",
    x: points.map(x), y: points.map(y), customdata: points.map((c) => c.id), text: points.map(text), hovertemplate: "%{text}<extra></extra>",
    marker: {
      size: points.map((c) => (now(c) ? 11 : frame.frontIds.has(c.id) ? 9 : 7)),
      color: points.map((c) => shades[Math.round(16 * Math.min(c.generation / last, 1))]),
      line: { width: points.map((c) => (now(c) || frame.frontIds.has(c.id) ? 1.5 : 0)), color: token("--ink") },
    },
  };
}

/** The generation in progress, hollow until it is stored. @param {Frame} frame @param {View} view */
function estimated(frame, view) {
  const { x, y } = placing(view, frame);
  return {
    type: "scatter", mode: "markers", name: "being evaluated",
    x: frame.current.map(x), y: frame.current.map(y), customdata: frame.current.map((c) => c.id),
    text: frame.current.map((c) => `<b>${c.architecture}</b><br>estimate so far`), hovertemplate: "%{text}<extra></extra>",
    marker: { size: 10, symbol: "circle-open", color: token("--accent"), line: { width: 2 } },
  };
}

/** Curves of equal fitness through the best and below it, within the candidates' accuracies; none by an objective of one's own. @param {Frame} frame */
export function isoCurves(frame) {
  const { average, lambda, fixed } = frame.rule;
  if (fixed) return [];
  const best = frame.best ? frame.fitness(frame.best) : 0;
  const spikes = frame.front.map((c) => c.spikes).concat(frame.current.map((c) => c.spikes)).filter((n) => n > 0);
  const [low, high] = [Math.min(...spikes), Math.max(...spikes)];
  const least = Math.min(...frame.current.map((c) => c.accuracy), ...frame.front.map((c) => c.accuracy));
  if (!(best > 0) || !(high > low)) return [];
  const step = roundStep(Math.max((best - Math.min(best, least)) / 4, 1e-6));
  const below = Math.ceil(best / step) - 1;
  const levels = [best, below * step, (below - 1) * step, (below - 2) * step].filter((f) => f > 0);
  const ends = Array.from({ length: 33 }, (_, i) => low * (high / low) ** (i / 32));
  return levels.map((level, i) => {
    const curve = ends.map((n) => ({ n, a: level / (n / average) ** lambda })).filter(({ a }) => a >= least && a <= 1);
    return {
      type: "scatter", mode: "lines+text", name: "equal fitness", hoverinfo: "skip",
      x: curve.map(({ n }) => n), y: curve.map(({ a }) => 100 * a),
      line: { color: token(i ? "--line" : "--muted"), width: i ? 1 : 1.25, dash: "dot" },
      text: curve.map((_, k) => (k < curve.length - 1 ? "" : `F ${level.toFixed(3)}`)), textposition: "top left", textfont: { color: token("--muted"), size: 11 }, cliponaxis: false,
    };
  }).filter((trace) => trace.x.length > 1);
}

/** @param {View} view @param {Beside} beside */
function others(view, beside) {
  const [ink, muted] = [token("--ink"), token("--muted")];
  const asked = beside.requested.flatMap((one) => (one.result ? [{ code: one.architecture, ...one.result }] : []));
  const result = [
    {
      type: "scatter", mode: "markers+text", name: "test, retrained", cliponaxis: false,
      x: beside.trained.map((t) => t[view.x]), y: beside.trained.map((t) => 100 * t.accuracy),
      text: beside.trained.map((t) => t.name && `${t.name}, test`), textposition: "bottom left", textfont: { color: ink, size: 12 },
      hovertemplate: "%{text}<br>%{y:.1f} % on the test split at %{x:,.4~g}<extra></extra>",
      marker: { size: beside.trained.map((t) => (t.name ? 14 : 7)), symbol: "diamond", color: ink },
    },
    {
      type: "scatter", mode: "markers", name: "evaluated manually",
      x: asked.map((r) => r[view.x]), y: asked.map((r) => 100 * r.accuracy),
      text: asked.map((r) => r.code), hovertemplate: "%{text}, evaluated manually<br>%{y:.1f} %<extra></extra>",
      marker: { size: 11, symbol: "circle-open-dot", color: ink, line: { width: 1.5 } },
    },
  ];
  if (view.x === "spikes" && view.published) {
    result.push(/** @type {any} */ ({
      type: "scatter", mode: "markers", name: "published", x: beside.published.map((p) => p.spikes), y: beside.published.map((p) => 100 * p.accuracy),
      text: beside.published.map((p) => `${p.name}<br>${p.source}`), hovertemplate: "%{text}<br>%{y:.2f} %, %{x:,.0f} spikes<extra></extra>",
      marker: { size: 9, symbol: "square-open", color: muted, line: { width: 1.5 } },
    }));
  }
  return result;
}
