// Ranking by fitness = accuracy · (N / N_avg)^λ at any λ, from stored accuracy and N alone; the rule of engine/metrics/pareto.py.

/** @typedef {import("../wire/events.js").Candidate} Candidate */
/** @typedef {"newest" | "oldest"} Ties which of equal fitness ranks first: the highest id, or the lowest */
/** @typedef {{average: number, own: number, lambda: number, ties: Ties, fixed?: boolean}} Rule `own` is the λ the study searched with; `fixed`: by an objective that only the engine computes, at `own` alone */
/** @typedef {{candidate: Candidate, low: number, high: number}} Reign the λ between which a candidate is the fittest */

export const LEAST = -2;
export const MOST = 0;

/** At the study's own λ the stored value, so that the ranking is the engine's to the last bit. @param {Candidate} c @param {Rule} rule */
export function fitness(c, { average, own, lambda }) {
  return lambda === own ? c.fitness : compute(c.accuracy, c.spikes, average, lambda);
}

/** A silent network has fitness 0. @param {number} accuracy @param {number} spikes @param {number} average @param {number} lambda */
export function compute(accuracy, spikes, average, lambda) {
  return spikes <= 0 || average <= 0 ? 0 : accuracy * (spikes / average) ** lambda;
}

/** Negative where `a` ranks before `b`, which is as fit. @param {Candidate} a @param {Candidate} b @param {Rule} rule */
function tied(a, b, { ties }) {
  return ties === "newest" ? b.id - a.id : a.id - b.id;
}

/** Of two the fitter; of equals the newer or the older. @param {Candidate[]} candidates @param {Rule} rule @returns {Candidate | null} */
export function winner(candidates, rule) {
  let best = null;
  let most = -Infinity;
  for (const c of candidates) {
    const value = fitness(c, rule);
    if (value > most || (value === most && best !== null && tied(c, best, rule) < 0)) [best, most] = [c, value];
  }
  return best;
}

/** All, fittest first; of equals the newest or the oldest. @param {Candidate[]} candidates @param {Rule} rule */
export function ranking(candidates, rule) {
  return candidates
    .map((c) => ({ c, value: fitness(c, rule) }))
    .sort((a, b) => b.value - a.value || tied(a.c, b.c, rule))
    .map(({ c }) => c);
}

/** Best fitness of all seen, generation by generation. @param {Candidate[]} candidates in order of generation @param {number} generations @param {Rule} rule */
export function bestSoFar(candidates, generations, rule) {
  const best = new Array(generations).fill(0);
  for (const c of candidates) if (c.generation < generations) best[c.generation] = Math.max(best[c.generation], fitness(c, rule));
  for (let g = 1; g < generations; g++) best[g] = Math.max(best[g], best[g - 1]);
  return best;
}

/**
 * For which λ from LEAST to MOST each candidate would win, by rising λ. ln F = ln accuracy + λ · ln(N / N_avg) is a line
 * in λ, so those that win are the upper envelope of the lines of the front.
 * @param {Candidate[]} front
 * @param {number} average
 * @returns {Reign[]}
 */
export function reigns(front, average) {
  const lines = front
    .filter((c) => c.accuracy > 0 && c.spikes > 0)
    .map((c) => ({ c, slope: Math.log(c.spikes / average), height: Math.log(c.accuracy) }))
    .sort((a, b) => a.slope - b.slope || b.height - a.height || a.c.id - b.c.id);
  /** @type {{line: typeof lines[number], from: number}[]} */
  const hull = [];
  for (const line of lines) {
    let from = LEAST;
    for (;;) {
      const last = hull.at(-1);
      if (!last) break;
      from = last.line.slope === line.slope ? Infinity : (last.line.height - line.height) / (line.slope - last.line.slope);
      if (from > last.from) break;
      hull.pop();
      from = LEAST;
    }
    if (from <= MOST) hull.push({ line, from });
  }
  return hull.map(({ line, from }, i) => ({ candidate: line.c, low: from, high: hull[i + 1]?.from ?? MOST }));
}
