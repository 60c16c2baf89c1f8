// What the configurator calls things, and when two configs or documents count as what.

import { facts } from "../domain/blocks.js";
import { bounds, title } from "./schema.js";

/** @type {Record<string, string>} */
const LABELS = {
  "data.dataset": "Data set",
  "data.path": "Path of the data",
  "data.augment": "Augmentation",
  "network.time_steps": "Time steps T",
  "network.batch_norm": "Batch normalisation",
  "network.neuron.kind": "Neuron",
  "network.neuron.tau": "Time constant τ",
  "network.neuron.surrogate": "Surrogate gradient",
  "network.neuron.surrogate_alpha": "Surrogate sharpness α",
  "supernet.unsampled": "Blocks off the path",
  "search.fitness_lambda": "Fitness λ",
  "search.crossover_cut": "Crossover cuts",
  "search.ties": "Equal fitness",
  "search.recalibration_batches": "Batch-norm recalibration",
  "search.seed": "Search seed",
  "network.candidates": "Candidate blocks",
  "network.macro.layers": "Layers",
  "network.macro.extra_stem": "Extra stem",
  "network.macro.global_average_pooling": "Global average pool",
  "network.macro.stem_channels": "Channels",
  "data.content_sha256": "Content SHA-256",
  "retrain.winner": "Retrain the winner",
  "retrain.trust": "Rank correlation: networks to retrain",
};

/** @type {Record<string, string>} */
const CHOICES = {
  digits: "UCI optical digits",
  cifar10: "CIFAR-10",
  cifar100: "CIFAR-100",
  svhn: "SVHN (cropped digits)",
  tiny_imagenet: "Tiny-ImageNet-200",
  mnist: "MNIST",
  fashion_mnist: "Fashion-MNIST",
  n_mnist: "N-MNIST",
  cifar10_dvs: "CIFAR10-DVS",
  dvs128_gesture: "DVS128 Gesture",
  images: "Your own images",
  events: "Your own events",
  atan: "arctangent",
  erf: "error function",
  mse: "mean squared error",
  nsga2: "NSGA-II",
  autosnn: "AutoSNN's",
  adam: "Adam",
  sgd: "SGD",
  newest: "the newest first",
  oldest: "the oldest first",
  searched_layers: "between searched layers",
  all_layers: "between any two layers",
  none: "none",
  pool_conv: "pool, conv",
  pool_conv_pool: "pool, conv, pool",
  crop_flip: "crop and flip",
  cpu: "CPU",
  cuda: "GPU (CUDA)",
};

/** @type {Record<string, string>} */
const PARTS = { data: "Data", network: "Network", supernet: "Supernet", search: "Search", retrain: "Retraining", runtime: "Runtime", analysis: "Analysis" };

/** @param {string[]} path */
export function label(path) {
  return LABELS[path.join(".")] ?? title(path[path.length - 1]);
}

/** Where a field stands, for a line that is far from it: "Supernet · epochs", "Layer 3 · channels". @param {(string | number)[]} path */
export function place(path) {
  const name = label(path.map(String));
  for (const [list, one] of [["layers", "Layer"], ["arms", "Arm"]]) {
    const at = path.indexOf(list) + 1;
    if (at > 0 && path.length > at) return `${one} ${Number(path[at]) + 1}${path.length > at + 1 ? ` · ${lower(name)}` : ""}`;
  }
  return path.length > 1 ? `${PARTS[path[0]] ?? title(String(path[0]))} · ${lower(name)}` : name;
}

/** The first letter small, but not of "PLIF" or of a lone letter. @param {string} name */
function lower(name) {
  return /^[A-Z][a-z]/.test(name) ? name[0].toLowerCase() + name.slice(1) : name;
}

/** @param {unknown} value */
export function choice(value) {
  return CHOICES[String(value)] ?? facts().neurons[String(value)] ?? facts().own?.[String(value)] ?? String(value).replaceAll("_", " ");
}

/**
 * "images a step (2 to 4,096; default 96)". A description that only repeats the label is left out.
 * @param {import("./schema.js").Field} field
 * @param {string} name
 */
export function hint(field, name) {
  const value = field.schema.default;
  const usual = value === undefined || value === null || typeof value === "object" ? "" : `default ${said(value)}`;
  const notes = [bounds(field.schema), usual].filter(Boolean).join("; ");
  const text = field.description.toLowerCase() === name.toLowerCase() ? "" : field.description;
  if (!text) return notes;
  return notes ? `${text} (${notes})` : text;
}

/** @param {unknown} value */
function said(value) {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "number" ? String(value) : choice(value);
}

/** Digits as exponents. @param {number | string} n */
export function raised(n) {
  return [...String(n)].map((d) => (d === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)])).join("");
}

/** An exact count: in full up to a million millions, "2.3 × 10²²" beyond. @param {bigint} n */
export function count(n) {
  const digits = n.toString();
  return digits.length <= 13 ? n.toLocaleString("en-US") : `${digits[0]}.${digits[1]} × 10${raised(digits.length - 1)}`;
}

/** An estimated time, no finer than an estimate is: "40 s", "2 min", "15 h", "335 d", "9.4 years". @param {number} seconds */
export function roughly(seconds) {
  const [minutes, hours, days, years] = [60, 3600, 86400, 365.25 * 86400].map((unit) => seconds / unit);
  if (minutes < 1) return `${Math.max(1, Math.round(seconds))} s`;
  if (minutes < 100) return `${Math.round(minutes)} min`;
  if (hours < 72) return `${Math.round(hours)} h`;
  if (years < 2) return `${Math.round(days)} d`;
  return `${years < 10 ? years.toFixed(1) : Math.round(years)} years`;
}

/** What a config is but for its name, as a text: equal where nothing else differs. @param {any} config */
export function butName(config) {
  return canonical({ ...config, name: "" });
}

/** JSON with sorted keys. @param {unknown} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}

/** Why the form cannot show a document, or "". What else is wrong with it, the server says. @param {any} found */
export function unshowable(found) {
  const isObject = (/** @type {any} */ x) => typeof x === "object" && x !== null && !Array.isArray(x);
  for (const key of ["data", "network", "supernet", "search", "retrain", "runtime"]) {
    if (!isObject(found?.[key])) return `${key}: must be an object`;
  }
  if (!isObject(found.network.neuron)) return "network.neuron: must be an object";
  if (!Array.isArray(found.network.candidates)) return "network.candidates: must be a list";
  const layers = found.network.macro?.layers;
  if (!Array.isArray(layers)) return "network.macro.layers: must be a list";
  const bad = layers.findIndex((layer) => !isObject(layer) || !(layer.candidates == null || Array.isArray(layer.candidates)));
  return bad < 0 ? "" : `network.macro.layers.${bad}: must be an object, its candidates a list or null`;
}
