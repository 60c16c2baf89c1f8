// Search progress: best fitness and hypervolume by generation, with the playhead in both.

import { differs, h, svg } from "../../lib/dom.js";
import { short } from "../../lib/format.js";
import { bestSoFar } from "../../domain/ranking.js";
import { lambdaText } from "./lambda.js";

const W = 340;
const H = 140;
const LEFT = 56;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

/** @param {HTMLElement} place @param {import("../../wire/state.js").State} state @param {import("../frame.js").Frame} frame */
export function renderQuality(place, state, frame) {
  const total = state.generations.length;
  if (differs(place, `${total}/${frame.rule.lambda}`)) {
    if (!total) return place.replaceChildren(h("p", { class: "empty" }, "Fitness and hypervolume appear with the first generation."));
    const best = bestSoFar(state.candidates, total, frame.rule);
    const volume = state.generations.map((g) => g.hypervolume);
    const reference = state.generations.at(-1)?.reference_spikes;
    place.replaceChildren(
      chart(`Best fitness so far, λ = ${lambdaText(frame.rule.lambda)}`, best),
      chart(`Hypervolume of the front, reference point 0 % and ${short(reference)} spikes`, volume),
    );
  }
  for (const head of place.querySelectorAll(".playhead")) {
    const x = String(across(frame.shown, total));
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
  }
}

/** @param {number} generation @param {number} total */
function across(generation, total) {
  return LEFT + (generation / Math.max(total - 1, 1)) * (W - LEFT - RIGHT);
}

/** @param {string} title @param {number[]} values by generation */
function chart(title, values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const y = (/** @type {number} */ v) => TOP + (1 - (v - low) / (high - low || 1)) * (H - TOP - BOTTOM);
  const points = values.map((v, i) => `${across(i, values.length).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
  const lines = [low, high].filter((v, i, all) => all.indexOf(v) === i).flatMap((v) => [
    svg("line", { x1: LEFT, x2: W - RIGHT, y1: y(v), y2: y(v), class: "grid" }),
    svg("text", { x: LEFT - 6, y: y(v) + 4, "text-anchor": "end", class: "axis" }, v.toFixed(4)),
  ]);
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${title}: from ${values[0]?.toFixed(4)} in generation 1 to ${values.at(-1)?.toFixed(4)} in generation ${values.length}` },
    ...lines,
    svg("text", { x: LEFT, y: H - 6, class: "axis" }, "1"),
    svg("text", { x: W - RIGHT, y: H - 6, "text-anchor": "end", class: "axis" }, `generation ${values.length}`),
    svg("polyline", { points, class: "line" }),
    svg("line", { y1: TOP, y2: H - BOTTOM, class: "playhead" }),
  );
  return h("figure", {}, h("figcaption", { class: "small" }, title), drawing);
}
