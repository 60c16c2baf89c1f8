// Spikes by layer and time step on a canvas: zero is the background, one scale a picture, the numbers in a table twin.

import { heat, token } from "../lib/colours.js";
import { fold, h } from "../lib/dom.js";
import { spikeNote } from "./spike_note.js";
import { exact, short } from "../lib/format.js";

/** @typedef {import("../wire/events.js").LayerInfo} LayerInfo */
/** @typedef {{rows: number, steps: number, values: Float32Array}} SpikeMap */

const CELL_H = 22;
const LABEL_W = 92;
const TOTAL_W = 62;
const TOP = 20;

/** @param {string} text base64 of little-endian float32 @param {number} steps @returns {SpikeMap} */
export function decodeMap(text, steps) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const values = new Float32Array(bytes.buffer);
  return { rows: values.length / steps, steps, values };
}

/** Counted outputs of every row, to show spikes per neuron; undefined where they are not known. @typedef {(number | undefined)[]} Neurons */

/**
 * What a map's cells show: spikes, or spikes per neuron of the row; nothing where the row's neurons are not known.
 * @param {SpikeMap} map
 * @param {Neurons | null} neurons null for spikes
 */
export function cells(map, neurons) {
  return Float64Array.from(map.values, (v, i) => {
    if (!neurons) return v;
    const n = neurons[Math.floor(i / map.steps)];
    return n === 0 ? 0 : v / (n ?? NaN);
  });
}

/** The highest of what cells show. @param {Float64Array} shown */
export function highestOf(shown) {
  return Math.max(1e-12, ...shown.filter(Number.isFinite));
}

/**
 * @param {HTMLElement} place
 * @param {SpikeMap} map
 * @param {LayerInfo[]} layers
 * @param {Neurons | null} neurons null for spikes
 * @param {number} [top] the end of the scale, where several maps share one; the map's own highest cell otherwise
 * @param {string} [note] what must be known of its spikes
 */
export function renderHeatmap(place, map, layers, neurons, top, note) {
  const perNeuron = neurons !== null;
  const shown = cells(map, neurons);
  const highest = top ?? highestOf(shown);
  const totals = layers.map((_, r) => map.values.subarray(r * map.steps, (r + 1) * map.steps).reduce((a, b) => a + b, 0));
  const sum = totals.reduce((a, b) => a + b, 0);
  const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { role: "img", "aria-label": `spikes by layer and time step, ${exact(sum)} in all` }));
  const text = (/** @type {number} */ v) => (perNeuron ? v.toFixed(3) : short(v));
  place.replaceChildren(
    canvas,
    h("div", { class: "scale small muted" }, "0", ramp(), `${text(highest)} ${perNeuron ? "spikes per neuron and step" : "spikes per image and step"}`),
    h("p", { class: "small muted" }, `${exact(sum)} spikes per image; most in layer ${layers[totals.indexOf(Math.max(...totals))]?.name ?? "–"} (${short(Math.max(...totals))}).`),
    ...spikeNote(note),
    twin(place, map, layers, totals, sum),
  );
  draw(canvas, map, layers, shown, highest, totals, place.clientWidth || 360);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {SpikeMap} map
 * @param {LayerInfo[]} layers
 * @param {Float64Array} shown
 * @param {number} highest
 * @param {number[]} totals
 * @param {number} width
 */
function draw(canvas, map, layers, shown, highest, totals, width) {
  const height = TOP + map.rows * CELL_H;
  const ratio = devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext("2d");
  if (!ctx) return;
  ctx.scale(ratio, ratio);
  const cell = (width - LABEL_W - TOTAL_W) / map.steps;
  const [ink, muted, line] = [token("--ink"), token("--muted"), token("--line")];
  ctx.font = "12px ui-sans-serif, system-ui, sans-serif";
  ctx.textBaseline = "middle";
  const every = Math.ceil(map.steps / Math.max(1, Math.floor((width - LABEL_W - TOTAL_W) / 24)));
  ctx.fillStyle = muted;
  ctx.textAlign = "center";
  for (let t = 0; t < map.steps; t += every) ctx.fillText(`t${t + 1}`, LABEL_W + (t + 0.5) * cell, TOP / 2);
  ctx.textAlign = "right";
  ctx.fillText("sum", width, TOP / 2);
  for (let r = 0; r < map.rows; r++) {
    const y = TOP + r * CELL_H;
    ctx.fillStyle = ink;
    ctx.textAlign = "left";
    ctx.fillText(label(layers[r]), 0, y + CELL_H / 2, LABEL_W - 8);
    for (let t = 0; t < map.steps; t++) {
      const value = shown[r * map.steps + t];
      if (value > 0) {
        ctx.fillStyle = heat(value / highest);
        ctx.fillRect(LABEL_W + t * cell, y + 1, Math.max(cell - 1, 1), CELL_H - 2);
      } else {
        ctx.strokeStyle = line;
        ctx.strokeRect(LABEL_W + t * cell + 0.5, y + 1.5, Math.max(cell - 2, 1), CELL_H - 3);
      }
    }
    ctx.fillStyle = muted;
    ctx.textAlign = "right";
    ctx.fillText(short(totals[r]), width, y + CELL_H / 2);
  }
}

/** @param {LayerInfo} layer */
function label(layer) {
  if (layer.kind === "max_pool") return `layer ${layer.name} max`;
  if (layer.kind === "avg_pool") return `layer ${layer.name} avg`;
  return layer.kind === "search" ? `layer ${layer.name}` : layer.name;
}

function ramp() {
  const element = h("span", { class: "ramp", "aria-hidden": "true" });
  element.style.background = `linear-gradient(90deg, ${Array.from({ length: 9 }, (_, i) => heat(i / 8)).join(", ")})`;
  return element;
}

/** @param {HTMLElement} place @param {SpikeMap} map @param {LayerInfo[]} layers @param {number[]} totals @param {number} sum */
function twin(place, map, layers, totals, sum) {
  const steps = Array.from({ length: map.steps }, (_, t) => `t${t + 1}`);
  const head = h("tr", {}, ...["Layer", ...steps, "Sum"].map((n, i) => h("th", { scope: "col", class: i ? "number" : "" }, n)));
  const body = layers.map((layer, r) => {
    const values = Array.from(map.values.subarray(r * map.steps, (r + 1) * map.steps), exact);
    return h("tr", {}, h("th", { scope: "row" }, label(layer)), ...[...values, exact(totals[r])].map((v) => h("td", { class: "number" }, v)));
  });
  const foot = h("tr", {}, h("th", { scope: "row" }, "N"), ...steps.map(() => h("td")), h("td", { class: "number" }, exact(sum)));
  const table = h("table", {}, h("thead", {}, head), h("tbody", {}, ...body, foot));
  return fold(place, "table", "As a table", h("div", { class: "scroll-x", role: "region", tabindex: 0, "aria-label": "Spikes by layer and time step" }, table));
}
