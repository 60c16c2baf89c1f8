// Gene effects and allele frequencies against numbers worked by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { alleles, effects, quantile } from "../../../frontend/domain/block_effects.js";
import { decimate, DRAWN } from "../../../frontend/domain/decimation.js";
import { chance } from "../../../frontend/study/panels/balance.js";
import { shareText } from "../../../frontend/study/panels/alleles.js";
import { candidate, CHOICES, whole } from "../recorded.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
const two = [["S", "C3"], ["S", "C3"]];

test("an effect is the block's mean less the mean of all, with Student's interval", () => {
  // accuracies 0.2, 0.4 with S first, 0.8 with C3 first: mean of all 7/15, of S 0.3, s of S √0.02, t(1) = 12.706
  const made = [["S-S", 0.2, 100], ["S-C3", 0.4, 300], ["C3-S", 0.8, 800]].map(([architecture, accuracy, spikes], id) => candidate(id, { architecture, accuracy, spikes }));
  const found = effects(made, two);
  const [s, c3] = found.filter((e) => e.layer === 0);
  assert.deepEqual([s.code, s.n, c3.code, c3.n], ["S", 2, "C3", 1]);
  near(s.accuracy.difference, 0.3 - 1.4 / 3);
  near(s.accuracy.high - s.accuracy.difference, (12.706 * Math.sqrt(0.02)) / Math.sqrt(2));
  near(s.accuracy.difference - s.accuracy.low, (12.706 * Math.sqrt(0.02)) / Math.sqrt(2));
  near(s.spikes.difference, 200 - 400);
  near(c3.accuracy.difference, 0.8 - 1.4 / 3);
  assert.equal(c3.accuracy.low, null);
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
