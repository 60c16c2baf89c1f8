// Names of layers and blocks for people.

import { codeOf, isBlock } from "../domain/blocks.js";

/** @type {Record<string, string>} */
const KINDS = { conv: "conv 3×3", max_pool: "max-pool 2×2", avg_pool: "avg-pool 2×2", gap: "global average", fc: "linear, votes" };

/** @param {{block: string}} row */
export const searched = (row) => isBlock(row.block);

/** "R5" for a searched block, "max-pool 2×2" for what is fixed. @param {{block: string}} row */
export const blockName = (row) => (searched(row) ? codeOf(row.block) : KINDS[row.block]);

/** "3 (R5)", "2 (max-pool 2×2)", "stem". @param {{name: string, block: string}} row */
export const rowName = (row) => (row.block === "conv" || row.block === "fc" ? row.name : `${row.name} (${blockName(row)})`);

/** "16 × 8 × 8"; "100" where there is no map. @param {number[]} shape */
export function shapeName(shape) {
  return shape[1] * shape[2] === 1 ? String(shape[0]) : shape.join(" × ");
}

/** Rows in the form the heatmap takes. @param {import("./types.js").Row[]} rows @returns {import("../wire/events.js").LayerInfo[]} */
export function layersOf(rows) {
  return rows.map((row) => ({ name: row.name, kind: searched(row) ? "search" : row.block, channels: row.shape[0], height: row.shape[1], width: row.shape[2] }));
}
