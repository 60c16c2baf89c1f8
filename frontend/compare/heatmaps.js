// Spike maps side by side on one scale, which is shown; each with its table.

import { spikeNote } from "../charts/spike_note.js";
import { heat, token } from "../lib/colours.js";
import { fold, h } from "../lib/dom.js";
import { exact, short } from "../lib/format.js";
import { highest, total } from "./layers.js";
import { mark } from "./series.js";

/** @typedef {import("./types.js").Network} Network */
/** @typedef {{rows: number, steps: number, values: Float32Array | Float64Array}} Map */

const [CELL_H, LABEL_W, TOP] = [20, 58, 18];

/** @param {Network} network @returns {Map} */
export function mapOf(network) {
  const bytes = Uint8Array.from(atob(network.map), (char) => char.charCodeAt(0));
  return { rows: network.rows.length, steps: network.steps, values: new Float32Array(bytes.buffer) };
}

/** Spikes a neuron and step; a row without neurons has none. @param {Network} network @param {Map} map @returns {Map} */
export function perNeuron(network, map) {
  const values = Float64Array.from(map.values, (value, i) => {
    const { neurons } = network.rows[Math.floor(i / map.steps)];
    return neurons ? value / neurons : 0;
  });
  return { ...map, values };
}

/** @param {HTMLElement} place @param {Network[]} networks @param {string[]} names @param {boolean} rates */
export function renderHeatmaps(place, networks, names, rates) {
  const maps = networks.map((network) => (rates ? perNeuron(network, mapOf(network)) : mapOf(network)));
  const top = highest(maps);
  const unit = rates ? "spikes per neuron and step" : `spikes per ${networks[0].sample} and step`;
  const figures = networks.map((network, i) => {
    const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { role: "img", "aria-label": `${names[i]}: spikes by layer and time step, ${exact(total(network))} in all` }));
    const figure = h("figure", {}, h("figcaption", { class: "small" }, mark(i), " ", names[i], " ", h("span", { class: "tag" }, network.tag)), canvas, ...spikeNote(network.spike_note), twin(place, network, maps[i], rates));
    return { figure, canvas };
  });
  place.replaceChildren(h("div", { class: "maps" }, ...figures.map(({ figure }) => figure)), scale(top, rates, unit));
  figures.forEach(({ canvas, figure }, i) => draw(canvas, networks[i], maps[i], top, figure.clientWidth || 300));
}

/** @param {number} top @param {boolean} rates @param {string} unit */
function scale(top, rates, unit) {
  const ramp = h("span", { class: "ramp", "aria-hidden": "true" });
  ramp.style.background = `linear-gradient(90deg, ${Array.from({ length: 9 }, (_, i) => heat(i / 8)).join(", ")})`;
  return h("p", { class: "scale small muted", id: "one-scale" }, "0 ", ramp, ` ${rates ? top.toFixed(3) : short(top)} ${unit}; one scale for all, zero is the background`);
}

/** @param {HTMLCanvasElement} canvas @param {Network} network @param {Map} map @param {number} top @param {number} width */
function draw(canvas, network, map, top, width) {
  const height = TOP + map.rows * CELL_H;
  const ratio = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
  const ctx = canvas.getContext("2d");
  if (!ctx) return;
  ctx.scale(ratio, ratio);
  const cell = (width - LABEL_W) / map.steps;
  const [ink, muted, line] = [token("--ink"), token("--muted"), token("--line")];
  ctx.font = "12px ui-sans-serif, system-ui, sans-serif";
  ctx.textBaseline = "middle";
  const every = Math.ceil(map.steps / Math.max(1, Math.floor((width - LABEL_W) / 24)));
  ctx.fillStyle = muted;
  ctx.textAlign = "center";
  for (let t = 0; t < map.steps; t += every) ctx.fillText(`t${t + 1}`, LABEL_W + (t + 0.5) * cell, TOP / 2);
  ctx.textAlign = "left";
  for (let r = 0; r < map.rows; r++) {
    const y = TOP + r * CELL_H;
    ctx.fillStyle = ink;
    ctx.fillText(network.rows[r].name, 0, y + CELL_H / 2, LABEL_W - 6);
    for (let t = 0; t < map.steps; t++) {
      const value = map.values[r * map.steps + t];
      ctx.fillStyle = value > 0 ? heat(value / (top || 1)) : line;
      if (value > 0) ctx.fillRect(LABEL_W + t * cell, y + 1, Math.max(cell - 1, 1), CELL_H - 2);
      else ctx.fillRect(LABEL_W + t * cell, y + CELL_H / 2, Math.max(cell - 1, 1), 1);
    }
  }
}

/** @param {HTMLElement} place @param {Network} network @param {Map} map @param {boolean} rates */
function twin(place, network, map, rates) {
  const steps = Array.from({ length: map.steps }, (_, t) => `t${t + 1}`);
  const head = h("tr", {}, ...["Layer", ...steps, rates ? "Mean" : "Sum"].map((name, i) => h("th", { scope: "col", class: i ? "number" : "" }, name)));
  const text = (/** @type {number} */ value) => (rates ? value.toFixed(4) : exact(value));
  const body = network.rows.map((row, r) => {
    const values = Array.from(map.values.subarray(r * map.steps, (r + 1) * map.steps));
    const last = rates ? values.reduce((a, b) => a + b, 0) / map.steps : row.spikes;
    return h("tr", {}, h("th", { scope: "row" }, row.name), ...[...values, last].map((value) => h("td", { class: "number" }, text(value))));
  });
  if (!rates) body.push(h("tr", {}, h("th", { scope: "row" }, "N"), ...steps.map(() => h("td")), h("td", { class: "number" }, exact(total(network)))));
  const table = h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
  return fold(place, network.key, "As a table", h("div", { class: "scroll-x" }, table));
}
