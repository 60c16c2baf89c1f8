// Block families and neuron kinds as the server describes them (engine/blocks, engine/neurons) on every page.

import { pageData } from "../lib/http.js";

/** @typedef {{code: string, name: string, family: string, kernel: number, fill: string, outline: "solid" | "dashed" | "dotted", arc: boolean}} Block `fill` is a colour, or "" for none */
/**
 * @typedef {{families: {name: string, letter: string, label: string}[], blocks: Block[], usual: string[], neurons: Record<string, string>, own?: Record<string, string>}} Facts
 * `usual` are the candidates most people search; `neurons` the label of each kind; `own` the titles of searches, data sets and objectives of one's own
 */
/** @typedef {(number | Record<string, number>)[]} Elements counted outputs of every row; of a searched layer by code */

/** What a page says that is older than this, or has none. @type {Facts} */
const NONE = { families: [], blocks: [], usual: [], neurons: {} };
/** Rows of a network that hold no block. */
const FIXED = ["conv", "max_pool", "avg_pool", "gap", "fc"];

/** @type {Facts | null} */
let known = null;
/** @type {Map<string, Block>} */
const byCode = new Map();
/** @type {Map<string, Block>} */
const byName = new Map();

/** @param {Facts} found */
export function describe(found) {
  known = found;
  byCode.clear();
  byName.clear();
  for (const block of found.blocks) {
    byCode.set(block.code, block);
    byName.set(block.name, block);
  }
}

/** @returns {Facts} */
export function facts() {
  if (!known) describe((typeof document === "undefined" ? null : pageData("blocks")) ?? NONE);
  return known ?? NONE;
}

/** The block of a code; one that is not known here is drawn dotted, without a colour. @param {string} code @returns {Block} */
export function blockOf(code) {
  facts();
  return byCode.get(code) ?? { code, name: code, family: "unknown", kernel: 0, fill: "", outline: "dotted", arc: false };
}

/** The code of a block's name: "SRB_k5" → "R5"; the name where it is not known here. @param {string} name */
export function codeOf(name) {
  facts();
  return byName.get(name)?.code ?? name;
}

/** Whether a row's kind is a searched block, known here or not. @param {string} kind */
export const isBlock = (kind) => kind !== "" && !FIXED.includes(kind);

/** "S skip · C spiking convolution · …". */
export function legend() {
  return facts().families.map(({ letter, label }) => `${letter} ${label}`).join(" · ");
}

/** Counted outputs of every row of an architecture; undefined where nobody knows them. @param {Elements} elements @param {string} architecture @returns {(number | undefined)[]} */
export function elementsOf(elements, architecture) {
  const codes = architecture.split("-");
  let searched = 0;
  return elements.map((row) => (typeof row === "number" ? row : row[codes[searched++]]));
}
