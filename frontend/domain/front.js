// Ways to choose one network of a Pareto front: its knee, and the most accurate below a number of spikes.

/** @typedef {import("../wire/events.js").Candidate} Candidate */

/** Distances that count as equal, in units of the front's extent: rounding makes less. */
const ROUNDING = 1e-9;

/**
 * The member farthest above the straight line between the front's ends, both axes scaled to 0…1; of equally far members
 * the sparsest, which of an inward or straight front is the first. Null below three. As engine/metrics/pareto.py defines it; tests/fixtures/knees.json holds both to it.
 * @param {Candidate[]} front by rising spikes
 */
export function knee(front) {
  if (front.length < 3) return null;
  const [first, last] = [front[0], front[front.length - 1]];
  const [width, height] = [last.spikes - first.spikes, last.accuracy - first.accuracy];
  let [best, most] = [first, 0];
  for (const c of front) {
    const above = (c.accuracy - first.accuracy) / height - (c.spikes - first.spikes) / width;
    if (above > most + ROUNDING) [best, most] = [c, above];
  }
  return best;
}

/** The most accurate with at most so many spikes. @param {Candidate[]} front by rising spikes @param {number} budget */
export function bestUnder(front, budget) {
  return front.filter((c) => c.spikes <= budget).at(-1) ?? null;
}
