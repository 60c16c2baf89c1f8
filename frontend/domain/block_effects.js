// What genes do and how often they occur: the effect of a block at a layer, and allele frequencies by generation.

/** @typedef {import("../wire/events.js").Candidate} Candidate */
/** @typedef {{difference: number, low: number | null, high: number | null}} Effect low and high: 95 % interval, where two or more have the block and two or more have not */
/** @typedef {{layer: number, code: string, n: number, accuracy: Effect, spikes: Effect}} GeneEffect */

/** Student's t at 97.5 % for 1 to 30 degrees of freedom; beyond them 1.96 + 2.4/df is right to 0.005. */
const T975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** @param {number} degrees */
export function quantile(degrees) {
  return T975[degrees - 1] ?? 1.96 + 2.4 / degrees;
}

/**
 * Each block at each layer against the mean of all evaluated (every one of them has some block there).
 * @param {Candidate[]} candidates
 * @param {string[][]} choices
 * @returns {GeneEffect[]}
 */
export function effects(candidates, choices) {
  const split = candidates.map((c) => ({ c, genes: c.architecture.split("-") }));
  return choices.flatMap((codes, layer) =>
    codes.flatMap((code) => {
      const own = split.filter(({ genes }) => genes[layer] === code).map(({ c }) => c);
      if (!own.length) return [];
      const others = split.filter(({ genes }) => genes[layer] !== code).map(({ c }) => c);
      const [accuracy, spikes] = /** @type {const} */ (["accuracy", "spikes"]).map((m) => effect(own.map((c) => c[m]), others.map((c) => c[m])));
      return [{ layer, code, n: own.length, accuracy, spikes }];
    }),
  );
}

/**
 * The mean with a block less the mean of all. Those with it are part of all, so that is the share without it times the
 * difference of the two groups, and has that much of its interval (Student's t with unequal variances; the degrees of
 * freedom are the smaller group's, so that it covers 95 % or more however small one group is).
 * @param {number[]} own with the block @param {number[]} others without it @returns {Effect}
 */
export function effect(own, others) {
  if (!others.length) return { difference: 0, low: null, high: null };
  const without = others.length / (own.length + others.length);
  const difference = without * (mean(own) - mean(others));
  const fewer = Math.min(own.length, others.length);
  if (fewer < 2) return { difference, low: null, high: null };
  const half = without * quantile(fewer - 1) * Math.sqrt(squaredError(own) + squaredError(others));
  return { difference, low: difference - half, high: difference + half };
}

/** The squared standard error of a mean. @param {number[]} values */
function squaredError(values) {
  const middle = mean(values);
  return values.reduce((sum, v) => sum + (v - middle) ** 2, 0) / (values.length - 1) / values.length;
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/**
 * How many of a population have each code at each layer.
 * @param {Candidate[]} population
 * @param {string[][]} choices
 * @returns {number[][]} by layer, in the order of its choices
 */
export function alleles(population, choices) {
  const counts = choices.map((codes) => new Array(codes.length).fill(0));
  for (const c of population) {
    c.architecture.split("-").forEach((code, layer) => {
      const place = choices[layer]?.indexOf(code) ?? -1;
      if (place >= 0) counts[layer][place] += 1;
    });
  }
  return counts;
}
