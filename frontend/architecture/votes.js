// The votes as they come in: each class's rate after every time step, and when the answer was settled.

import { fold, h, svg } from "../lib/dom.js";
import { scroller } from "./scroller.js";

/** @typedef {import("./types.js").SampleResult} SampleResult */
/** @typedef {import("./tensors.js").Tensor} Tensor */

const WIDTH = 360;
const HEIGHT = 180;
const LEFT = 38;
const RIGHT = 90;
const BESIDE = 10; // a label and the end of its line, whose ring it does not touch
const LISTED = 5;
const LETTERS = 10;

/** Classes by their rate after a step, the first of equals first. @param {Tensor} rates [T, classes] @param {number} step */
export function ranking(rates, step) {
  const classes = rates.shape[1];
  const found = Array.from({ length: classes }, (_, c) => ({ c, rate: rates.values[step * classes + c] }));
  return found.sort((a, b) => b.rate - a.rate || a.c - b.c);
}

/** What the network says after a step, for people. @param {SampleResult} found @param {number} step */
export function verdict(found, step) {
  const answer = found.decisions[step];
  if (answer === null) return `After step ${step + 1}: no output has fired yet, so there is no answer.`;
  const right = answer === found.label ? "right" : `wrong, it is ${found.class_names[found.label]}`;
  return `After step ${step + 1}: ${found.class_names[answer]} (${right}).`;
}

/** @param {SampleResult} found */
export function decidedWords(found) {
  if (found.decided_at === null) return "The output never fires on this sample: there is no answer.";
  return found.decided_at === 1 ? "Decided at t = 1: the first step's answer stays to the end." : `Decided at t = ${found.decided_at}: from this step on the answer stays the same.`;
}

/**
 * @param {HTMLElement} place
 * @param {SampleResult} found
 * @param {Tensor} rates
 * @param {number} step
 */
export function renderVotes(place, found, rates, step) {
  const top = ranking(rates, step).slice(0, LISTED).filter(({ rate }) => rate > 0);
  const most = Math.max(...rates.values, 1e-12);
  const items = top.map(({ c, rate }) => {
    const fill = h("span", { class: "fill" });
    fill.style.transform = `scaleX(${rate / most})`;
    return h("li", { "data-answer": c === found.decisions[step] }, h("span", { class: "class-name" }, found.class_names[c], ...(c === found.label ? [h("span", { class: "tag" }, "label")] : [])), h("span", { class: "vote-bar", "aria-hidden": "true" }, fill), h("span", { class: "vote-rate" }, rate.toFixed(3)));
  });
  place.replaceChildren(
    lines(found, rates, step, most),
    h("p", { class: "verdict", "data-right": found.decisions[step] === found.label }, verdict(found, step)),
    h("p", { class: "small muted" }, decidedWords(found)),
    h("ol", { class: "votes", "aria-label": `Votes after step ${step + 1}` }, ...items),
    twin(place, found, rates),
  );
}

/** @param {SampleResult} found @param {Tensor} rates @param {number} step @param {number} most */
function lines(found, rates, step, most) {
  const [steps, classes] = rates.shape;
  const x = (/** @type {number} */ t) => LEFT + (steps === 1 ? 0.5 : t / (steps - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ rate) => HEIGHT - 24 - (rate / most) * (HEIGHT - 44);
  const path = (/** @type {number} */ c) => Array.from({ length: steps }, (_, t) => `${t ? "L" : "M"}${x(t).toFixed(1)} ${y(rates.values[t * classes + c]).toFixed(1)}`).join("");
  const kind = (/** @type {number} */ c) => (c === found.prediction ? "answer" : c === found.label ? "label" : "other");
  const order = Array.from({ length: classes }, (_, c) => c).sort((a, b) => Number(kind(a) !== "other") - Number(kind(b) !== "other"));
  const picture = svg("svg", { class: "vote-lines", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `Votes over time. ${decidedWords(found)}` });
  picture.append(svg("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: HEIGHT - 24, y2: HEIGHT - 24 }), label(LEFT - BESIDE, y(most) + 4, "end", most.toFixed(2)), label(LEFT - BESIDE, HEIGHT - 20, "end", "0"));
  for (let t = 0; t < steps; t += Math.ceil(steps / 8)) picture.append(label(x(t), HEIGHT - 8, "middle", `t${t + 1}`));
  picture.append(svg("line", { class: "playhead", x1: x(step), x2: x(step), y1: 12, y2: HEIGHT - 24 }));
  for (const c of order) picture.append(svg("path", { class: kind(c), d: path(c), fill: "none" }));
  if (found.decided_at !== null && found.prediction !== null) {
    const at = found.decided_at - 1;
    picture.append(svg("circle", { class: "decided", cx: x(at), cy: y(rates.values[at * classes + found.prediction]), r: 5 }), label(x(at), 10, at ? "middle" : "start", "decided"));
  }
  const shown = [...new Set([found.prediction, found.label])].filter((c) => c !== null);
  const ends = shown.map((c) => ({ c, y: y(rates.values[(steps - 1) * classes + c]) + 4 }));
  if (ends.length === 2 && Math.abs(ends[0].y - ends[1].y) < 14) ends[1].y = ends[0].y + (ends[1].y >= ends[0].y ? 14 : -14);
  for (const end of ends) picture.append(label(WIDTH - RIGHT + BESIDE, end.y, "start", brief(found.class_names[end.c]), kind(end.c)));
  return picture;
}

/** What the margin holds of a name. @param {string} name */
function brief(name) {
  return name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
}

/** @param {number} x @param {number} y @param {string} anchor @param {string} words @param {string} [name] */
function label(x, y, anchor, words, name = "") {
  return svg("text", { x, y, "text-anchor": anchor, class: name }, words);
}

/** @param {HTMLElement} place @param {SampleResult} found @param {Tensor} rates */
function twin(place, found, rates) {
  const [steps, classes] = rates.shape;
  const head = h("tr", {}, h("th", { scope: "col" }, "Class"), ...Array.from({ length: steps }, (_, t) => h("th", { scope: "col", class: "number" }, `t${t + 1}`)));
  const body = found.class_names.map((name, c) => h("tr", {}, h("th", { scope: "row" }, name), ...Array.from({ length: steps }, (_, t) => h("td", { class: "number" }, rates.values[t * classes + c].toFixed(3)))));
  return fold(place, "table", "All classes as a table", scroller("Votes by class and time step", h("table", {}, h("thead", {}, head), h("tbody", {}, ...body))));
}
