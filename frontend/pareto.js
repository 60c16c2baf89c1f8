// Fronts of (accuracy up, spikes down); the same rule as engine/metrics/pareto.py.

/**
 * Indices of the non-dominated points by rising spikes; of equal points the first.
 * @param {{accuracy: number, spikes: number}[]} points
 */
export function front(points) {
  const order = points
    .map((_, i) => i)
    .sort((a, b) => points[a].spikes - points[b].spikes || points[b].accuracy - points[a].accuracy || a - b);
  /** @type {number[]} */
  const kept = [];
  let best = -Infinity;
  for (const i of order) {
    if (points[i].accuracy > best) {
      best = points[i].accuracy;
      kept.push(i);
    }
  }
  return kept;
}
