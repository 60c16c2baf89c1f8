// Accuracy against spikes while a search grows: one path of dots a generation, the front as a line, axes that never move.

import { svg } from "../lib/dom.js";
import { tick } from "../lib/format.js";
import { roundStep } from "../lib/ticks.js";

/** @typedef {import("../wire/state.js").State} State */
/** @typedef {{low: number, high: number, step: number}} Range */

const W = 720;
const H = 440;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 28, 48, 56];
const TICKS = 5;

/**
 * A range of round steps around the values.
 * @param {number[]} values
 * @param {number} ceiling
 * @returns {Range}
 */
export function range(values, ceiling = Infinity) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (least > most) [least, most] = [0, 1];
  const spread = most - least || Math.abs(most) || 1;
  const step = roundStep(spread / TICKS);
  const low = Math.max(0, Math.floor((least - 0.04 * spread) / step) * step);
  const high = Math.min(Math.ceil((most + 0.04 * spread) / step) * step, ceiling);
  return { low, high: Math.max(high, low + step), step };
}

export class GrowingPlot {
  /** @param {HTMLElement} place @param {string} sample */
  constructor(place, sample) {
    this.place = place;
    this.sample = sample;
    this.drawn = "";
    /** @type {Element[]} */
    this.dots = [];
  }

  /**
   * @param {State} state
   * @param {{kind: string, generation: number}} scene
   */
  render(state, scene) {
    this.prepare(state);
    const shown = scene.generation;
    this.dots.forEach((path, g) => path.setAttribute("class", g > shown ? "dots later" : g === shown && scene.kind === "generation" ? "dots now" : "dots"));
    const event = state.generations[shown];
    const members = event ? event.front.map((id) => state.candidates[id]) : [];
    const points = members.map((c) => [this.x(c.spikes), this.y(100 * c.accuracy)]);
    const [first, ...rest] = points;
    this.front.setAttribute("d", first ? `M${first}${rest.map(([x, y]) => `H${x}V${y}`).join("")}` : "");
    this.members.setAttribute("d", points.map(([x, y]) => `M${x} ${y}h0`).join(""));
    const best = event && state.candidates[event.best];
    this.ring.setAttribute("class", best ? "ring" : "later");
    if (best) this.move(this.ring, best.spikes, best.accuracy);
    const won = scene.kind === "winner" ? state.finished : null;
    this.winner.setAttribute("class", won ? "won" : "later");
    this.label.setAttribute("class", won ? "label" : "later");
    if (won) for (const mark of [this.winner, this.label]) this.move(mark, won.test_spikes, won.test_accuracy);
    this.drawing.setAttribute("aria-label", `accuracy against spikes per ${this.sample}: ${members.length} on the front${won ? ", and the retrained winner" : ""}`);
  }

  /** @param {Element} mark @param {number} spikes @param {number} accuracy */
  move(mark, spikes, accuracy) {
    mark.setAttribute("transform", `translate(${this.x(spikes)} ${this.y(100 * accuracy)})`);
  }

  /** Axes and dots for all that is known, once. @param {State} state */
  prepare(state) {
    const key = `${state.candidates.length}/${Boolean(state.finished)}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const won = state.finished;
    const across = range([...state.candidates.map((c) => c.spikes), ...(won ? [won.test_spikes] : [])]);
    const up = range([...state.candidates.map((c) => 100 * c.accuracy), ...(won ? [100 * won.test_accuracy] : [])], 100);
    this.x = scale(across, LEFT, W - RIGHT);
    this.y = scale(up, H - BOTTOM, TOP);
    const last = Math.max(state.generations.length - 1, 1);
    this.dots = state.generations.map((event, g) => {
      const d = event.candidates.map((c) => `M${this.x(c.spikes)} ${this.y(100 * c.accuracy)}h0`).join("");
      const path = svg("path", { d, class: "dots later" });
      path.style.setProperty("--age", `${Math.round(40 + (60 * g) / last)}%`);
      return path;
    });
    this.front = svg("path", { class: "front-line" });
    this.members = svg("path", { class: "front-dots" });
    this.ring = svg("circle", { r: 13, class: "later" });
    this.winner = svg("path", { d: "M0 -12l12 12l-12 12l-12 -12z", class: "later" });
    const right = won !== null && this.x(won.test_spikes) > W / 2;
    this.label = svg("text", { x: right ? -18 : 18, y: 6, "text-anchor": right ? "end" : "start", class: "later" }, "test, retrained");
    this.drawing = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img" });
    this.drawing.append(...this.grid(across, up), ...this.dots, this.front, this.members, this.ring, this.winner, this.label);
    this.place.replaceChildren(this.drawing);
  }

  /** @param {Range} across @param {Range} up */
  grid(across, up) {
    const parts = [];
    for (const value of steps(up)) {
      const y = this.y(value);
      parts.push(svg("line", { x1: LEFT, x2: W - RIGHT, y1: y, y2: y, class: "grid" }));
      parts.push(svg("text", { x: LEFT - 10, y: y + 5, "text-anchor": "end", class: "axis" }, tick(value)));
    }
    steps(across).forEach((value, i) => {
      const anchor = i ? "middle" : "start"; // the first would run into the other axis
      parts.push(svg("text", { x: this.x(value), y: H - BOTTOM + 22, "text-anchor": anchor, class: "axis" }, tick(value)));
    });
    parts.push(svg("text", { x: (LEFT + W - RIGHT) / 2, y: H - 8, "text-anchor": "middle", class: "axis" }, `spikes per ${this.sample}`));
    parts.push(svg("text", { x: 0, y: TOP - 26, "text-anchor": "start", class: "axis" }, "accuracy, %"));
    return parts;
  }

  /** @type {(value: number) => number} */
  x = () => 0;
  /** @type {(value: number) => number} */
  y = () => 0;
  front = svg("path");
  members = svg("path");
  ring = svg("circle");
  winner = svg("path");
  label = svg("text");
  drawing = svg("svg");
}

/** @param {Range} found */
function steps(found) {
  return Array.from({ length: Math.round((found.high - found.low) / found.step) + 1 }, (_, i) => found.low + i * found.step);
}

/**
 * @param {Range} found
 * @param {number} start
 * @param {number} end
 * @returns {(value: number) => number}
 */
function scale(found, start, end) {
  return (value) => Math.round(10 * (start + ((value - found.low) / (found.high - found.low)) * (end - start))) / 10;
}
