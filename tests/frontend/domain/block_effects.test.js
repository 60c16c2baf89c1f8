// Gene effects and allele frequencies against numbers worked by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alleles, effect, effects, moments, quantile } from "../../../frontend/domain/block_effects.js";
import { decimate, DRAWN } from "../../../frontend/domain/decimation.js";
import { chance } from "../../../frontend/study/panels/balance.js";
import { shareText } from "../../../frontend/study/panels/alleles.js";
import { candidate, CHOICES, whole } from "../recorded.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
const two = [["S", "C3"], ["S", "C3"]];
const effectOf = (own, others) => effect(moments(own), moments(others));

test("an effect is the block's mean less the mean of all, with Student's interval", () => {
  // accuracies 0.2, 0.4 with S first, 0.8, 0.8 with C3: of all 0.55, of S 0.3; half of them lack S, and the squared
  // standard errors are 0.02/2 and 0; the smaller group has 1 degree of freedom, t = 12.706
  const made = [["S-S", 0.2, 100], ["S-C3", 0.4, 300], ["C3-S", 0.8, 800], ["C3-S", 0.8, 800]].map(([architecture, accuracy, spikes], id) => candidate(id, { architecture, accuracy, spikes }));
  const found = effects(made, two);
  const [s, c3] = found.filter((e) => e.layer === 0);
  assert.deepEqual([s.code, s.n, c3.code, c3.n], ["S", 2, "C3", 2]);
  near(s.accuracy.difference, 0.3 - 0.55);
  near(s.accuracy.high - s.accuracy.difference, 0.5 * 12.706 * Math.sqrt(0.01));
  near(s.accuracy.difference - s.accuracy.low, 0.5 * 12.706 * Math.sqrt(0.01));
  near(s.spikes.difference, 200 - 500);
  near(c3.accuracy.difference, 0.8 - 0.55);
  near(c3.accuracy.high - c3.accuracy.difference, 0.5 * 12.706 * Math.sqrt(0.01));
});

test("a block that all or all but one have, or one alone, has no interval", () => {
  assert.deepEqual(effectOf([0.1, 0.5], []), { difference: 0, low: null, high: null });
  const { difference, low, high } = effectOf([0.1, 0.5], [0.6]);
  near(difference, 0.3 - 0.4);
  assert.deepEqual([low, high], [null, null]);
  assert.equal(effectOf([0.6], [0.1, 0.5]).low, null);
});

/** Normal numbers from a seed: a linear congruential generator and Box and Muller's transform. */
function normal(seed) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

for (const [n, rest, spread] of [[5, 95, 1], [50, 50, 1], [95, 5, 1], [97, 3, 1], [98, 2, 1], [98, 2, 3], [90, 10, 0.3]]) {
  test(`the interval covers: ${n} with the block, ${rest} without it and ${spread} times as spread`, () => {
    const draw = normal(n * 1000 + rest);
    const expected = (rest / (n + rest)) * 0.7; // means 0.7 and 0
    let covered = 0;
    for (let k = 0; k < 1000; k++) {
      const { low, high } = effectOf(Array.from({ length: n }, () => 0.7 + draw()), Array.from({ length: rest }, () => spread * draw()));
      covered += low <= expected && expected <= high ? 1 : 0;
    }
    assert.ok(covered >= 930, `${covered} of 1,000, 95 % nominal, 3 standard errors of 7 allowed`);
  });
}

test("the interval of a common block is no wider than it must be", () => {
  // 50 and 50, spread 1: the difference is half of that of two means, whose standard error is √(2/50) = 0.2; t(49) ≈ 2.01.
  // Over the block's own 50 alone it would be 2.01/√50 = 0.284.
  const draw = normal(7);
  let widths = 0;
  for (let k = 0; k < 200; k++) {
    const { difference, high } = effectOf(Array.from({ length: 50 }, draw), Array.from({ length: 50 }, draw));
    widths += (high - difference) / 200;
  }
  assert.ok(Math.abs(widths - 0.201) < 0.005, `${widths}`);
});

test("a layer's effects, weighted by n, cancel out; a block nobody has is left out", () => {
  const found = effects(whole.candidates, CHOICES);
  for (const layer of [0, 1, 2]) {
    const own = found.filter((e) => e.layer === layer);
    assert.equal(own.reduce((n, e) => n + e.n, 0), whole.candidates.length);
    near(own.reduce((sum, e) => sum + e.n * e.accuracy.difference, 0), 0);
  }
  assert.deepEqual(effects([candidate(0)], two).map((e) => e.code), ["S", "S"]);
});

test("Student's t at 97.5 %, from the tables and beyond them", () => {
  assert.equal(quantile(1), 12.706);
  assert.equal(quantile(30), 2.042);
  assert.ok(Math.abs(quantile(40) - 2.021) < 0.005 && Math.abs(quantile(120) - 1.98) < 0.005);
});

test("alleles are counted by layer, and their shares said with the change", () => {
  assert.deepEqual(alleles([candidate(0, { architecture: "S-C3" }), candidate(1, { architecture: "C3-C3" })], two), [[1, 1], [0, 2]]);
  for (const generation of whole.generations) for (const counts of alleles(generation.candidates, CHOICES)) assert.equal(counts.reduce((a, b) => a + b, 0), generation.candidates.length);
  assert.equal(shareText(0.45, undefined), "45 %");
  assert.equal(shareText(0.45, 0.4), "45 % +5");
  assert.equal(shareText(0.3, 0.4), "30 % −10");
  assert.equal(shareText(0.4, 0.4), "40 %");
});

test("decimation keeps what must be drawn, the extremes' cells, and few others; small sets stay whole", () => {
  const many = Array.from({ length: 10_000 }, (_, id) => candidate(id, { accuracy: (id % 97) / 97, spikes: (id * 37) % 1009 }));
  const keep = new Set([5, 17, 9_999]);
  const found = decimate(many, (c) => c.spikes, (c) => c.accuracy, keep);
  assert.ok(found.length <= 36 * 26 + keep.size, `${found.length}`);
  for (const id of keep) assert.ok(found.some((c) => c.id === id));
  assert.equal(Math.max(...found.map((c) => c.spikes)) > 980, true);
  assert.deepEqual(found.map((c) => c.id), found.map((c) => c.id).sort((a, b) => a - b));
  assert.equal(decimate(many.slice(0, DRAWN), (c) => c.spikes, (c) => c.accuracy, keep).length, DRAWN);
});

test("what fair draws allow, by hand: a fifth of 100, ± 1.96 · 4 points", () => {
  assert.equal(chance(100, 5), "12.2\u00a0% to 27.8\u00a0%");
});
