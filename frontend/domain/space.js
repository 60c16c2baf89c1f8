// The search space as the browser needs it: choices by layer, positions in lexicographic order, and where the map puts them.

import { codeOf } from "./blocks.js";

/** @typedef {{columns: number, rows: number, cells: string[], whole: boolean, size: number, across: Band[], down: Band[]}} Layout */
/** @typedef {{layer: number, codes: string[], span: number}} Band one gene along a side: `span` cells long for each of its codes */

/** Spaces up to this size are drawn whole. */
export const WHOLE = 20_000;
export const SAMPLE = 4_000;

/** The codes each searched layer may take, in the engine's order. @param {any} config @returns {string[][]} */
export function choices(config) {
  const { macro, candidates } = config.network;
  return macro.layers
    .filter((/** @type {any} */ layer) => layer.kind === "search")
    .map((/** @type {any} */ layer) => (layer.candidates ?? candidates).map(codeOf));
}

/** @param {string[][]} layers */
export function size(layers) {
  return layers.reduce((total, codes) => total * BigInt(codes.length), 1n);
}

/** The architecture at a position of the engine's enumeration. @param {string[][]} layers @param {bigint} index */
export function at(layers, index) {
  const genes = new Array(layers.length);
  for (let i = layers.length - 1; i >= 0; i--) {
    const n = BigInt(layers[i].length);
    genes[i] = layers[i][Number(index % n)];
    index /= n;
  }
  return genes.join("-");
}

/** Its position, the inverse of `at`; null where it is outside the space. @param {string[][]} layers @param {string} architecture */
export function index(layers, architecture) {
  const genes = architecture.split("-");
  if (genes.length !== layers.length) return null;
  let position = 0n;
  for (const [i, codes] of layers.entries()) {
    const digit = codes.indexOf(genes[i]);
    if (digit < 0) return null;
    position = position * BigInt(codes.length) + BigInt(digit);
  }
  return position;
}

/**
 * Where the map puts each architecture. A whole space is nested by its genes: the first layers down, the last ones across,
 * so that neighbours differ in one gene; a larger one is a sample, evenly spaced, with all that was evaluated, in order.
 * @param {string[][]} layers
 * @param {Iterable<string>} evaluated
 * @param {number} aspect width over height of the place
 * @returns {Layout}
 */
export function layout(layers, evaluated, aspect) {
  const all = size(layers);
  if (all > BigInt(WHOLE)) return sampled(layers, evaluated, aspect, all);
  const total = Number(all);
  const cut = bestCut(layers, total, aspect);
  const rows = Number(size(layers.slice(0, cut)));
  const columns = total / rows;
  const cells = Array.from({ length: total }, (_, i) => at(layers, BigInt(i)));
  return { columns, rows, cells, whole: true, size: total, across: bands(layers, cut, layers.length), down: bands(layers, 0, cut) };
}

/** How many leading layers go down, for cells about twice as tall as wide or less. @param {string[][]} layers @param {number} total @param {number} aspect */
function bestCut(layers, total, aspect) {
  let [best, least] = [0, Infinity];
  for (let cut = 0; cut <= layers.length; cut++) {
    const rows = Number(size(layers.slice(0, cut)));
    const shape = Math.abs(Math.log((aspect * rows * rows) / total));
    if (shape < least) [best, least] = [cut, shape];
  }
  return best;
}

/** @param {string[][]} layers @param {number} from @param {number} to @returns {Band[]} */
function bands(layers, from, to) {
  return layers.slice(from, to).map((codes, i) => ({ layer: from + i, codes, span: Number(size(layers.slice(from + i + 1, to))) }));
}

/** @param {string[][]} layers @param {Iterable<string>} evaluated @param {number} aspect @param {bigint} all @returns {Layout} */
function sampled(layers, evaluated, aspect, all) {
  const positions = new Map(Array.from(evaluated, (code) => [index(layers, code), code]));
  positions.delete(null);
  const wanted = Math.max(SAMPLE, positions.size + SAMPLE / 4);
  const spaced = wanted - positions.size;
  for (let k = 0; k < spaced; k++) {
    const position = (all * BigInt(2 * k + 1)) / BigInt(2 * spaced);
    if (!positions.has(position)) positions.set(position, at(layers, position));
  }
  const order = /** @type {bigint[]} */ ([...positions.keys()]).sort((a, b) => (a < b ? -1 : 1));
  const columns = Math.max(1, Math.round(Math.sqrt(order.length * aspect)));
  const cells = order.map((position) => /** @type {string} */ (positions.get(position)));
  return { columns, rows: Math.ceil(cells.length / columns), cells, whole: false, size: Number(all), across: [], down: [] };
}
