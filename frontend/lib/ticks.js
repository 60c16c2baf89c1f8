// Where the ticks of an axis stand, and their words: alike in every plot.

import { tick } from "./format.js";

const LEAST = 2;

/** 1, 2, 2.5 or 5 times a power of ten, the least that is not below. @param {number} rough */
export function roundStep(rough) {
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 2.5, 5, 10].find((m) => m * magnitude >= rough * 0.999) ?? 10) * magnitude;
}

/**
 * @param {number[]} range the axis's ends, logarithms where it is one
 * @param {string} type
 * @param {number} most about how many
 */
export function ticks(range, type, most) {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const tickvals = (type === "log" ? logarithmic : linear)(low, high, Math.max(most, LEAST));
  return { tickvals, ticktext: tickvals.map(tick) };
}

/** @param {number} low @param {number} high @param {number} most @returns {number[]} */
function linear(low, high, most) {
  const step = roundStep((high - low) / most);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return count < LEAST ? linear(low, high, 2 * most) : Array.from({ length: count }, (_, i) => (first + i) * step);
}

/** 1, 2 and 5 of each decade; round steps within one decade, powers of ten over many. @param {number} low @param {number} high @param {number} most */
function logarithmic(low, high, most) {
  const decades = Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, i) => 10 ** (Math.floor(low) + i));
  const within = (/** @type {number[]} */ factors) => decades.flatMap((decade) => factors.map((f) => f * decade)).filter((v) => Math.log10(v) >= low && Math.log10(v) <= high);
  const found = [[1, 2, 5], [1, 3], [1]].map(within).find((values) => values.length <= most) ?? within([1]).filter((_, i, all) => i % Math.ceil(all.length / most) === 0);
  return found.length >= LEAST ? found : linear(10 ** low, 10 ** high, most);
}
