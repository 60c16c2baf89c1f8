// Ranking at any λ against the engine's own ranking, and the λ each member of the front wins for against brute force.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bestUnder, knee } from "../../../frontend/domain/front.js";
import { makeFrame } from "../../../frontend/study/frame.js";
import { bestSoFar, compute, fitness, LEAST, MOST, ranking, reigns, winner } from "../../../frontend/domain/ranking.js";
import { FIRST } from "../../../frontend/study/view.js";
import { winnerWords } from "../../../frontend/study/panels/lambda.js";
import { CONFIG, candidate, OWN, whole } from "../recorded.js";

const average = whole.averageSpikes;
const rule = (lambda) => ({ average, own: OWN, lambda, ties: CONFIG.search.ties });
const engine = [...whole.candidates].sort((a, b) => b.fitness - a.fitness || a.id - b.id);

test("at the study's own λ the ranking is the engine's, all rows, to the last bit", () => {
  assert.deepEqual(ranking(whole.candidates, rule(OWN)).map((c) => c.id), engine.map((c) => c.id));
  for (const generation of whole.generations) {
    const seen = whole.candidates.filter((c) => c.generation <= generation.generation);
    assert.equal(winner(seen, rule(OWN)).id, generation.best);
  }
});

test("of equal fitness the newest or the oldest is first, as the study's rule says", () => {
  const equal = [0, 1, 2].map((id) => candidate(id, { accuracy: 0.5, spikes: 500 }));
  const by = (/** @type {"newest" | "oldest"} */ ties) => ({ average: 1000, own: 0, lambda: -0.08, ties });
  assert.equal(winner(equal, by("newest")).id, 2);
  assert.equal(winner([...equal].reverse(), by("oldest")).id, 0);
  assert.deepEqual(ranking(equal, by("newest")).map((c) => c.id), [2, 1, 0]);
  assert.deepEqual(ranking(equal, by("oldest")).map((c) => c.id), [0, 1, 2]);
});

test("a study stored before there was a choice ranks the oldest first", () => {
  assert.equal(makeFrame(whole, FIRST, { fitness_lambda: OWN }).rule.ties, "oldest");
  assert.equal(makeFrame(whole, FIRST, { fitness_lambda: OWN, ties: "newest" }).rule.ties, "newest");
});

test("the formula gives the stored fitness, so other λ are ranked by the same measure", () => {
  for (const c of whole.candidates) assert.ok(Math.abs(compute(c.accuracy, c.spikes, average, OWN) - c.fitness) <= 1e-12 * c.fitness);
  const recomputed = [...whole.candidates].sort((a, b) => compute(b.accuracy, b.spikes, average, OWN) - compute(a.accuracy, a.spikes, average, OWN) || a.id - b.id);
  assert.deepEqual(recomputed.map((c) => c.id), engine.map((c) => c.id));
});

test("by hand: half the spikes at λ = −1 double the fitness; a silent network has none", () => {
  assert.equal(compute(0.4, 500, 1000, -1), 0.8);
  assert.equal(compute(0.4, 1000, 1000, -1), 0.4);
  assert.equal(compute(0.4, 0, 1000, -1), 0);
  assert.equal(compute(0.4, 500, 1000, 0), 0.4);
});

test("each member of the front wins exactly within its λ: against brute force", () => {
  const front = whole.generations.at(-1).front.map((id) => whole.candidates[id]);
  const found = reigns(front, average);
  assert.equal(found[0].low, LEAST);
  assert.equal(found.at(-1).high, MOST);
  found.slice(1).forEach((reign, i) => assert.equal(reign.low, found[i].high));
  for (let k = 0; k <= 400; k++) {
    const lambda = LEAST + (k / 400) * (MOST - LEAST);
    if (found.some((one) => Math.abs(one.low - lambda) < 1e-9 || Math.abs(one.high - lambda) < 1e-9)) continue;
    const reign = found.find((one) => one.low <= lambda && lambda <= one.high);
    assert.equal(reign.candidate.id, winner(whole.candidates, rule(lambda)).id, `λ = ${lambda}`);
  }
});

test("by hand: 0.4 at N_avg/2 beats 0.5 at N_avg below λ = log(0.8)/log(2)", () => {
  const [small, big] = [candidate(0, { accuracy: 0.4, spikes: 500 }), candidate(1, { accuracy: 0.5, spikes: 1000 })];
  const found = reigns([small, big], 1000);
  assert.deepEqual(found.map((one) => one.candidate.id), [0, 1]);
  assert.ok(Math.abs(found[0].high - Math.log(0.8) / Math.log(2)) < 1e-12);
});

test("a member under the others' envelope never wins, nor does a silent one", () => {
  const front = [candidate(0, { accuracy: 0.4, spikes: 250 }), candidate(1, { accuracy: 0.41, spikes: 900 }), candidate(2, { accuracy: 0.8, spikes: 1000 }), candidate(3, { accuracy: 0.1, spikes: 0 })];
  assert.deepEqual(reigns(front, 1000).map((one) => one.candidate.id), [0, 2]);
});

test("best fitness by generation never falls and ends at the best", () => {
  const best = bestSoFar(whole.candidates, whole.generations.length, rule(OWN));
  assert.deepEqual(best, whole.generations.map((g) => whole.candidates[g.best].fitness));
});

test("the words say when the winner changes", () => {
  const at = (lambda) => makeFrame(whole, { ...FIRST, lambda }, CONFIG.search);
  const words = (lambda) => winnerWords(at(lambda), reigns(at(lambda).front, average));
  assert.match(words(null), /^At λ = −0.08, the study's own, the winner is #\d+ /);
  assert.match(words(LEAST), /At λ = −2 the winner changes from #\d+ \S+ to #\d+/);
  const own = at(null).best.id;
  const reign = reigns(at(null).front, average).find((one) => one.candidate.id === own);
  assert.match(words((reign.low + OWN) / 2), new RegExp(`the winner stays #${own} `));
});

test("knee and best under, by hand", () => {
  const front = [candidate(0, { accuracy: 0.2, spikes: 100 }), candidate(1, { accuracy: 0.8, spikes: 200 }), candidate(2, { accuracy: 0.9, spikes: 1100 })];
  assert.equal(knee(front).id, 1);
  assert.equal(knee(front.slice(0, 2)), null);
  assert.equal(bestUnder(front, 199), front[0]);
  assert.equal(bestUnder(front, 200), front[1]);
  assert.equal(bestUnder(front, 99), null);
  assert.equal(fitness(front[0], rule(OWN)), 0.5);
});
