// Networks layer by layer: rows of one name side by side, and the way from one N to another. Pure.

/** @typedef {import("./types.js").Row} Row */
/** @typedef {{name: string, rows: (Row | null)[]}} Aligned */
/** @typedef {{name: string, delta: number, from: number, to: number, blocks: [string, string]}} Step */

/**
 * Every layer that any network has, in order; null where one has none of that name.
 * @param {{rows: Row[]}[]} networks
 * @returns {Aligned[]}
 */
export function align(networks) {
  /** @type {string[]} */
  const names = [];
  for (const { rows } of networks) {
    let after = 0; // a layer the others lack goes behind the one it follows here
    for (const row of rows) {
      const place = names.indexOf(row.name);
      if (place >= 0) after = place + 1;
      else names.splice(after++, 0, row.name);
    }
  }
  return names.map((name) => ({ name, rows: networks.map(({ rows }) => rows.find((row) => row.name === name) ?? null) }));
}

/**
 * Spikes per layer between two networks: a step a layer, each from where the one before ended.
 * The first starts at the first network's N, the last ends at the second's.
 * @param {{rows: Row[]}} first
 * @param {{rows: Row[]}} second
 * @returns {Step[]}
 */
export function waterfall(first, second) {
  let level = total(first);
  return align([first, second]).map(({ name, rows: [a, b] }) => {
    const delta = (b?.spikes ?? 0) - (a?.spikes ?? 0);
    const from = level;
    level += delta;
    return { name, delta, from, to: level, blocks: [a?.block ?? "", b?.block ?? ""] };
  });
}

/** N: the sum over the layers. @param {{rows: Row[]}} network */
export function total(network) {
  return network.rows.reduce((sum, row) => sum + row.spikes, 0);
}

/**
 * The beginning of an axis on which the steps can be seen: zero, unless all of them would be slivers far from it.
 * @param {number[]} levels
 */
export function floor(levels) {
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  if (low <= 0 || (high - low) / high > 0.2) return 0;
  const magnitude = 10 ** Math.floor(Math.log10(high - low || high));
  return Math.max(0, Math.floor((low - (high - low) * 0.2) / magnitude) * magnitude);
}

/**
 * The highest cell of all maps, so that one scale serves all.
 * @param {{values: ArrayLike<number>}[]} maps
 */
export function highest(maps) {
  let most = 0;
  for (const { values } of maps) for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}
