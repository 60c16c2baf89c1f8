// Fewer points with the same picture: of those that fall into one cell of a grid, the one a person would look for.

/** @typedef {import("../wire/events.js").Candidate} Candidate */

/** Up to so many points all are drawn. */
export const DRAWN = 800;
const COLUMNS = 36;
const ROWS = 26;

/**
 * At most one candidate a cell, the latest, besides those to keep.
 * @param {Candidate[]} candidates
 * @param {(c: Candidate) => number} x
 * @param {(c: Candidate) => number} y
 * @param {Set<number>} keep ids that are always drawn
 */
export function decimate(candidates, x, y, keep) {
  if (candidates.length <= DRAWN) return candidates;
  const [xs, ys] = [candidates.map(x), candidates.map(y)];
  const [toColumn, toRow] = [scale(xs, COLUMNS), scale(ys, ROWS)];
  /** @type {Map<number, Candidate>} */
  const cells = new Map();
  const kept = candidates.filter((c, i) => {
    if (keep.has(c.id)) return true;
    cells.set(toColumn(xs[i]) * ROWS + toRow(ys[i]), c);
    return false;
  });
  return [...kept, ...cells.values()].sort((a, b) => a.id - b.id);
}

/** @param {number[]} values @param {number} count */
function scale(values, count) {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const span = high - low || 1;
  return (/** @type {number} */ v) => Math.min(count - 1, Math.floor(((v - low) / span) * count));
}
