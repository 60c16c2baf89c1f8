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

/** @typedef {{n: number, mean: number, squares: number}} Moments squares: the sum of squared differences to the mean */

/**
 * Each block at each layer against the mean of all evaluated (every one of them has some block there).
 *
 * Every candidate is passed once: a study has ten thousand, and this is drawn anew for every generation that is shown.
 * @param {Candidate[]} candidates
 * @param {string[][]} choices
 * @returns {GeneEffect[]}
 */
export function effects(candidates, choices) {
  const [accuracy, spikes] = [choices.map(() => new Map()), choices.map(() => new Map())];
  for (const c of candidates) {
    const genes = c.architecture.split("-");
    for (let layer = 0; layer < choices.length; layer++) {
      add(accuracy[layer], genes[layer], c.accuracy);
      add(spikes[layer], genes[layer], c.spikes);
    }
  }
  return choices.flatMap((codes, layer) =>
    codes.filter((code) => accuracy[layer].has(code)).map((code) => ({ layer, code, n: accuracy[layer].get(code).n, accuracy: effectOf(accuracy[layer], code), spikes: effectOf(spikes[layer], code) })),
  );
}

/** @param {Map<string, Moments>} groups @param {string} code @param {number} value */
function add(groups, code, value) {
  let group = groups.get(code);
  if (!group) groups.set(code, (group = { n: 0, mean: 0, squares: 0 }));
  include(group, value);
}

/** One value more (Welford's update). @param {Moments} group @param {number} value */
function include(group, value) {
  group.n += 1;
  const before = value - group.mean;
  group.mean += before / group.n;
  group.squares += before * (value - group.mean);
}

/** @param {Map<string, Moments>} groups @param {string} code */
function effectOf(groups, code) {
  const others = [...groups].filter(([name]) => name !== code).map(([, group]) => group);
  return effect(/** @type {Moments} */ (groups.get(code)), others.reduce(joined, moments([])));
}

/** Of two groups together (Chan's update). @param {Moments} a @param {Moments} b @returns {Moments} */
function joined(a, b) {
  const [n, apart] = [a.n + b.n, b.mean - a.mean];
  if (!n) return a;
  return { n, mean: a.mean + (apart * b.n) / n, squares: a.squares + b.squares + (apart ** 2 * a.n * b.n) / n };
}

/** @param {number[]} values */
export function moments(values) {
  const group = { n: 0, mean: 0, squares: 0 };
  for (const value of values) include(group, value);
  return group;
}

/**
 * The mean with a block less the mean of all. Those with it are part of all, so that is the share without it times the
 * difference of the two groups, and has that much of its interval (Student's t with unequal variances; the degrees of
 * freedom are the smaller group's, so that it covers 95 % or more however small one group is).
 * @param {Moments} own with the block @param {Moments} others without it @returns {Effect}
 */
export function effect(own, others) {
  if (!others.n) return { difference: 0, low: null, high: null };
  const without = others.n / (own.n + others.n);
  const difference = without * (own.mean - others.mean);
  const fewer = Math.min(own.n, others.n);
  if (fewer < 2) return { difference, low: null, high: null };
  const half = without * quantile(fewer - 1) * Math.sqrt(squaredError(own) + squaredError(others));
  return { difference, low: difference - half, high: difference + half };
}

/** The squared standard error of a mean. @param {Moments} group */
function squaredError({ n, squares }) {
  return squares / (n - 1) / n;
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
