// The search space as edits and exact counts: a config in, another config or a number out. No document.

import { get, set } from "./schema.js";

/** @typedef {import("../domain/genome.js").Layer} Layer */
/** @typedef {any} Config a StudyConfig as JSON, possibly invalid while it is edited */

export const LAYERS = ["network", "macro", "layers"];
const CANDIDATES = ["network", "candidates"];

/** @param {Config} config @returns {Layer[]} */
export function layersOf(config) {
  return config.network.macro.layers;
}

/** The candidate blocks of one searched layer: its own, or the common ones. @param {Config} config @param {Layer} layer @returns {string[]} */
export function blocksOf(config, layer) {
  return layer.candidates ?? config.network.candidates;
}

/** How many blocks each searched layer chooses from, in order. @param {Config} config */
export function factors(config) {
  return layersOf(config).filter(({ kind }) => kind === "search").map((layer) => blocksOf(config, layer).length);
}

/** The exact number of architectures. @param {Config} config */
export function spaceSize(config) {
  return factors(config).reduce((product, n) => product * BigInt(n), 1n);
}

/** How many architectures a search evaluates at most; null where what was typed is no number. @param {Config} config @returns {bigint | null} */
export function budget(config) {
  const size = spaceSize(config);
  const { algorithm, generations, population } = config.search;
  if (algorithm === "exhaustive") return size;
  const evaluated = algorithm === "random_sampling" ? population : generations * population;
  if (!Number.isSafeInteger(evaluated) || evaluated < 0) return null;
  return BigInt(evaluated) < size ? BigInt(evaluated) : size;
}

/** How many networks an analysis trains; null where what was typed is no number. @param {Config} config @returns {bigint | null} */
export function trainings(config) {
  const arms = Array.isArray(config.analysis.arms) ? config.analysis.arms : [];
  const all = config.analysis.seeds * arms.reduce((/** @type {number} */ sum, /** @type {any} */ arm) => sum + (arm?.architectures?.length ?? 0) + (arm?.random ?? 0) + (arm?.zoo ? 1 : 0), 0);
  return Number.isSafeInteger(all) && all >= 0 ? BigInt(all) : null;
}

/** `part` of `whole`, 0 to 1, as exactly as a number can hold it. @param {bigint} part @param {bigint} whole */
export function share(part, whole) {
  return whole ? 10 ** (log10(part) - log10(whole)) : 0;
}

/** @param {bigint} n */
export function log10(n) {
  const digits = n.toString();
  return n > 0n ? Math.log10(Number(`0.${digits.slice(0, 17)}`)) + digits.length : -Infinity;
}

// ---- candidate blocks ----

/** Whether a block is a candidate of every searched layer, of some, or of none. @param {Config} config @param {string} block @returns {"true" | "mixed" | "false"} */
export function presence(config, block) {
  const lists = [config.network.candidates, ...layersOf(config).flatMap((layer) => (layer.kind === "search" && layer.candidates ? [layer.candidates] : []))];
  const having = lists.filter((blocks) => blocks.includes(block)).length;
  return having === lists.length ? "true" : having ? "mixed" : "false";
}

/** Take a block out of every searched layer where all have it, or else put it into all. @param {Config} config @param {string} block @param {string[]} order of all blocks @returns {Config} */
export function toggleEverywhere(config, block, order) {
  const on = presence(config, block) !== "true";
  const common = chosen(config.network.candidates, block, on, order);
  const next = set(config, CANDIDATES, common);
  return set(next, LAYERS, layersOf(config).map((layer) => (layer.candidates ? own(layer, chosen(layer.candidates, block, on, order), common) : layer)));
}

/** Change one layer's blocks alone; a list equal to the common one is the common one again. @param {Config} config @param {number} i @param {string} block @param {string[]} order @returns {Config} */
export function toggleInLayer(config, i, block, order) {
  const layer = layersOf(config)[i];
  const blocks = blocksOf(config, layer);
  return set(config, [...LAYERS, i], own(layer, chosen(blocks, block, !blocks.includes(block), order), config.network.candidates));
}

/** @param {string[]} blocks @param {string} block @param {boolean} on @param {string[]} order */
function chosen(blocks, block, on, order) {
  return order.filter((name) => (name === block ? on : blocks.includes(name)));
}

/** @param {Layer} layer @param {string[]} blocks @param {string[]} common @returns {Layer} */
function own(layer, blocks, common) {
  return { ...layer, candidates: String(blocks) === String(common) ? null : blocks };
}

// ---- layers ----

/** @param {Config} config @param {Layer["kind"]} kind @returns {Config} the layer at the end, a searched one as wide as the last */
export function addLayer(config, kind) {
  return set(config, LAYERS, [...layersOf(config), newLayer(kind, widthAt(config, layersOf(config).length))]);
}

/** @param {Config} config @param {number} i @returns {Config} */
export function removeLayer(config, i) {
  return set(config, LAYERS, layersOf(config).filter((_, k) => k !== i));
}

/** @param {Config} config @param {number} i @returns {Config} */
export function duplicateLayer(config, i) {
  return set(config, LAYERS, layersOf(config).flatMap((layer, k) => (k === i ? [layer, layer] : [layer])));
}

/** @param {Config} config @param {number} from @param {number} to its place afterwards @returns {Config} */
export function moveLayer(config, from, to) {
  const layers = [...layersOf(config)];
  layers.splice(to, 0, ...layers.splice(from, 1));
  return set(config, LAYERS, layers);
}

/** @param {Config} config @param {number} i @param {Layer["kind"]} kind @returns {Config} */
export function setKind(config, i, kind) {
  const searched = kind === "search" && layersOf(config)[i].kind === "search";
  return searched ? config : set(config, [...LAYERS, i], newLayer(kind, widthAt(config, i)));
}

/** The channels that reach a place. @param {Config} config @param {number} place */
function widthAt(config, place) {
  return layersOf(config).slice(0, place).filter((layer) => layer.channels).at(-1)?.channels ?? get(config, ["network", "macro", "stem_channels"]);
}

/** @param {Layer["kind"]} kind @param {number} channels @returns {Layer} */
function newLayer(kind, channels) {
  return { kind, channels: kind === "search" ? channels : null, stride: kind === "search" ? 1 : 2, candidates: null };
}
