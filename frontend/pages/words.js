// What the configurator calls things, and when two configs or documents count as what.

import { exact, short } from "../format.js";
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
  "search.fitness_lambda": "Fitness λ",
};

/** @type {Record<string, string>} */
const CHOICES = {
  digits: "Digits (built in)",
  cifar10: "CIFAR-10",
  plif: "PLIF, parametric leaky",
  lif: "LIF, leaky",
  if: "IF, without leak",
  relu: "ReLU, ANN mode",
  atan: "arctangent",
  erf: "error function",
  mse: "mean squared error",
  nsga2: "NSGA-II",
  adam: "Adam",
  sgd: "SGD",
  cpu: "CPU",
  cuda: "GPU (CUDA)",
};

/** @param {string[]} path */
export function label(path) {
  return LABELS[path.join(".")] ?? title(path[path.length - 1]);
}

/** @param {unknown} value */
export function choice(value) {
  return CHOICES[String(value)] ?? String(value).replaceAll("_", " ");
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

/** A count that may be past what a browser counts exactly: "3,125", or "2.3 × 10²²". @param {number} n */
export function count(n) {
  if (n <= Number.MAX_SAFE_INTEGER) return n < 1e9 ? exact(n) : short(n);
  const [digits, exponent] = n.toExponential(1).split("e+");
  return `${digits} × 10${[...exponent].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]).join("")}`;
}

/** Whether two configs differ in their name alone, or not at all. @param {any} a @param {any} b */
export function sameButName(a, b) {
  return canonical({ ...a, name: "" }) === canonical({ ...b, name: "" });
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
    if (!isObject(found?.[key])) return `${key}: must be there, as an object`;
  }
  if (!isObject(found.network.neuron)) return "network.neuron: must be there, as an object";
  if (!Array.isArray(found.network.candidates)) return "network.candidates: must be there, as a list";
  const layers = found.network.macro?.layers;
  if (!Array.isArray(layers)) return "network.macro.layers: must be there, as a list";
  const bad = layers.findIndex((layer) => !isObject(layer) || !(layer.candidates == null || Array.isArray(layer.candidates)));
  return bad < 0 ? "" : `network.macro.layers.${bad}: must be an object, its candidates a list or null`;
}
