// What differs between a config and the one it began as: one line a field, with what puts it back.

import { codeOf } from "../domain/blocks.js";
import { get, set } from "./schema.js";
import { choice } from "./words.js";

/** @typedef {{path: (string | number)[], before: any, after: any}} Change */

/** Every field in which two configs differ. Lists are compared whole, lists of objects of one length one by one. @param {any} before @param {any} after @returns {Change[]} */
export function changes(before, after) {
  return walk(before, after, []);
}

/** A copy of `config` with one field as it was. @param {any} config @param {Change} change */
export function putBack(config, { path, before }) {
  if (before !== undefined) return set(config, path, before);
  const { [path[path.length - 1]]: _, ...rest } = get(config, path.slice(0, -1));
  return set(config, path.slice(0, -1), rest);
}

/** @param {any} before @param {any} after @param {(string | number)[]} path @returns {Change[]} */
function walk(before, after, path) {
  if (same(before, after)) return [];
  if (!branches(before, after)) return [{ path, before, after }];
  const keys = Array.isArray(after) ? after.keys() : new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => walk(before[key], after[key], [...path, key]));
}

/** Whether two values are compared part by part. @param {any} before @param {any} after */
function branches(before, after) {
  if (!before || !after || typeof before !== "object" || typeof after !== "object") return false;
  if (Array.isArray(before) !== Array.isArray(after)) return false;
  return !Array.isArray(before) || (before.length === after.length && [...before, ...after].every((item) => item && typeof item === "object"));
}

/** @param {any} before @param {any} after @returns {boolean} */
function same(before, after) {
  if (Object.is(before, after)) return true;
  if (!before || !after || typeof before !== "object" || typeof after !== "object") return false;
  const keys = Object.keys(before);
  return Array.isArray(before) === Array.isArray(after) && keys.length === Object.keys(after).length && keys.every((key) => key in after && same(before[key], after[key]));
}

/** A change in words: "16 → 32", or of blocks "+ R7, − S". @param {Change} change */
export function inWords({ path, before, after }) {
  const isBlocks = path[path.length - 1] === "candidates";
  if (isBlocks && Array.isArray(before) && Array.isArray(after)) return blocksInWords(before, after);
  return `${value(before, path)} → ${value(after, path)}`;
}

/** @param {string[]} before @param {string[]} after */
function blocksInWords(before, after) {
  const added = after.filter((block) => !before.includes(block)).map((block) => `+ ${codeOf(block)}`);
  const gone = before.filter((block) => !after.includes(block)).map((block) => `− ${codeOf(block)}`);
  return [...added, ...gone].join(", ") || "another order";
}

/** @param {any} found @param {(string | number)[]} path @returns {string} */
function value(found, path) {
  const last = path[path.length - 1];
  if (found === undefined) return "not given";
  if (last === "analysis") return found ? `an analysis of ${found.arms?.length ?? 0} arms` : "a search";
  if (found === null) return last === "candidates" ? "the common list" : "empty";
  if (typeof found === "boolean") return found ? "on" : "off";
  if (last === "candidates") return found.map(codeOf).join(" ");
  if (last === "layers") return layersInWords(found);
  if (Array.isArray(found)) return found.every((item) => typeof item === "string") ? found.map(choice).join(", ") || "none" : `${found.length} entries`;
  if (typeof found === "object") return "given";
  return typeof found === "string" && last !== "name" ? choice(found) || "empty" : String(found);
}

/** "16 | 32 32/2": widths, a bar a pool, /2 where a block down-samples. @param {import("../domain/genome.js").Layer[]} layers */
function layersInWords(layers) {
  return layers.map((layer) => (layer.kind === "search" ? `${layer.channels}${layer.stride === 2 ? "/2" : ""}` : layer.kind === "max_pool" ? "max" : "avg")).join(" ");
}
