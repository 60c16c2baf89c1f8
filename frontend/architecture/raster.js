// The raster of a layer on a sample: neurons down, time steps across; and how often its neurons fired.

import { mix, token } from "../lib/colours.js";
import { sized } from "./canvas.js";

/** @typedef {import("./tensors.js").Bits} Bits */

const LABEL_W = 52;
const TOP = 20;
const TALLEST = 320;
const FAINTEST = 0.35;

/**
 * The neurons of all a layer's parts, pooled so that no more than `most` lines are drawn.
 * @param {Bits[]} parts
 * @param {number} most
 * @returns {{shares: Float32Array, lines: number, perLine: number, steps: number}} share of a line's neurons that fired, [lines, T]
 */
export function pool(parts, most = TALLEST) {
  const neurons = parts.reduce((sum, part) => sum + part.neurons, 0);
  const steps = parts[0]?.steps ?? 0;
  const perLine = Math.max(1, Math.ceil(neurons / most));
  const lines = Math.ceil(neurons / perLine);
  const shares = new Float32Array(lines * steps);
  const sizes = new Uint32Array(lines);
  let first = 0;
  for (const part of parts) {
    for (let n = 0; n < part.neurons; n++) {
      const line = Math.floor((first + n) / perLine);
      sizes[line]++;
      for (let t = 0; t < steps; t++) shares[line * steps + t] += part.fired(t, n);
    }
    first += part.neurons;
  }
  for (let k = 0; k < shares.length; k++) shares[k] /= sizes[Math.floor(k / steps)];
  return { shares, lines, perLine, steps };
}

/**
 * Neurons by how many of the T steps they fired in: [never, once, …, always].
 * @param {Bits[]} parts
 */
export function tally(parts) {
  const found = new Array((parts[0]?.steps ?? 0) + 1).fill(0);
  for (const part of parts) for (const count of part.counts()) found[count]++;
  return found;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ReturnType<typeof pool>} pooled
 * @param {number} step the one that is shown elsewhere, from 0
 * @param {number} width
 */
export function drawRaster(canvas, { shares, lines, steps }, step, width) {
  const tall = Math.max(1, Math.floor(TALLEST / lines));
  const height = TOP + lines * Math.min(tall, 12);
  const each = (height - TOP) / lines;
  const context = sized(canvas, width, height);
  if (!context) return;
  const cell = (width - LABEL_W) / steps;
  const [ground, ink] = [token("--sunken"), token("--ink")];
  context.fillStyle = ground;
  context.fillRect(LABEL_W, TOP, width - LABEL_W, height - TOP);
  for (let line = 0; line < lines; line++) {
    for (let t = 0; t < steps; t++) {
      const share = shares[line * steps + t];
      if (!share) continue;
      context.fillStyle = mix(ground, ink, FAINTEST + (1 - FAINTEST) * share);
      context.fillRect(LABEL_W + t * cell + 1, TOP + line * each, Math.max(1, cell - 2), Math.max(each > 3 ? each - 1 : each, 0.5));
    }
  }
  context.font = "12px ui-sans-serif, system-ui, sans-serif";
  context.textBaseline = "middle";
  context.textAlign = "center";
  const every = Math.ceil(24 / cell);
  for (let t = 0; t < steps; t++) {
    context.fillStyle = token(t === step ? "--accent" : "--muted");
    if (t % every === 0 || t === step) context.fillText(`t${t + 1}`, LABEL_W + (t + 0.5) * cell, TOP / 2);
  }
  context.strokeStyle = token("--accent");
  context.lineWidth = 1.5;
  context.strokeRect(LABEL_W + step * cell + 0.75, TOP + 0.75, cell - 1.5, height - TOP - 1.5);
  context.save();
  context.translate(14, TOP + (height - TOP) / 2);
  context.rotate(-Math.PI / 2);
  context.fillStyle = token("--muted");
  if (height > 120) context.fillText("neurons", 0, 0);
  context.restore();
}
