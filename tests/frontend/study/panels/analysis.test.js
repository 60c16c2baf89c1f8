// An analysis on the page: arms as distributions, the paper beside ours, and hostile labels as text.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { initialState, reduce } from "../../../../frontend/wire/state.js";
import { arms, renderAnalysis, spread } from "../../../../frontend/study/panels/analysis.js";
import { renderTrust } from "../../../../frontend/study/panels/trust.js";

const training = (number, arm, test_accuracy, test_spikes) => ({
  kind: "training_finished", number, trainings: 3, arm, architecture: "R5-S", seed: number, epochs: 2, loss: [1, 0.5], accuracy: [0.1, 0.2],
  test_accuracy, test_spikes, firing_rate: 0.1, parameters: 1234, spikes_by_layer: { stem: test_spikes }, search_accuracy: null,
});
const finished = {
  kind: "analysis_finished", arms: [], note: "",
  comparison: [{ row: "SCB_k3", quantity: "accuracy", unit: "%", paper: 86.93, here: 80, tag: "test, 2 epochs, seed 0, n = 1, no spread" }],
  trust: { tau: -0.25, low: -0.75, high: 0.5, confidence: 0.95, n: 12 },
};
const events = [{ kind: "phase_started", phase: "analysis", architecture: null }, training(0, "a", 0.5, 100), training(1, "a", 0.7, 140), training(2, "<b>b</b>", 0.9, 10), finished];
const state = (count) => events.slice(0, count).map((event, i) => ({ seq: i + 1, time: "2026-01-01T00:00:00Z", event })).reduce(reduce, initialState);
const summary = { config: { analysis: { arms: [] } }, downloads: null };
let place;

beforeEach(() => {
  globalThis.document = new JSDOM("<section id=place hidden></section>").window.document;
  place = document.getElementById("place");
});

test("means and sample deviations, and none for one result", () => {
  assert.deepEqual(spread([0.5]), { mean: 0.5, deviation: null });
  assert.ok(Math.abs(spread([0.5, 0.7]).deviation - Math.sqrt(0.02)) < 1e-12);
  assert.deepEqual(arms(state(4).trainings).map((arm) => [arm.arm, arm.trainings.length]), [["a", 2], ["<b>b</b>", 1]]);
});

test("it says how far it is, an arm a row, a dot a network", () => {
  renderAnalysis(place, state(3), summary);
  assert.ok(!place.hasAttribute("data-empty"));
  assert.match(place.textContent, /2 of 3 networks trained/);
  assert.equal(place.querySelectorAll(".arms tbody tr").length, 1);
  assert.equal(place.querySelectorAll(".arms .dot").length, 4, "two networks, two measures");
  assert.match(place.querySelector(".arms tbody").textContent, /60\.0\u00a0% ± 14\.1\u00a0%/);
});

test("labels are text", () => {
  renderAnalysis(place, state(4), summary);
  assert.equal(place.querySelector("b b, th b"), null);
  assert.match(place.querySelector(".arms tbody").textContent, /<b>b<\/b>/);
});

test("the paper beside ours", () => {
  renderAnalysis(place, state(5), summary);
  assert.match(place.textContent, /86\.93.*80\.00.*test, 2 epochs, seed 0/);
});

test("the rank correlation of the supernet is shown once, in its own panel", () => {
  renderAnalysis(place, state(5), summary);
  assert.doesNotMatch(place.textContent, /τ/);
  renderTrust(place, state(5), summary);
  assert.match(place.textContent, /τ = −0\.25 .*−0\.75 to 0\.50, n = 12.*cannot be told from chance/);
});

const TRUST = [
  ["a claim with its p", { tau: 0.8, low: 0.5, high: 0.9, n: 12, p_value: 0.0123, better_than_chance: true }, /τ = 0\.80 .*interval 0\.50 to 0\.90, n = 12\)\. The supernet ranks better than chance: in a permutation test 1\.2 of 100 unrelated/],
  ["no claim where many orders agree as well", { tau: 0.3, low: -0.2, high: 0.6, n: 12, p_value: 0.2, better_than_chance: false }, /cannot be told from chance: .* 20\.0 of 100/],
  ["p from 9,999 drawn orders", { tau: 0.9, low: 0.8, high: 1, n: 20, p_value: 0.0001, better_than_chance: true }, /fewer than 1 in 1,000/],
  ["three networks in perfect order: no interval, no claim", { tau: 1, low: null, high: null, n: 3, p_value: 1 / 6, better_than_chance: false }, /no interval below 10 networks, n = 3\)\. The ranking cannot be told from chance: .* 16\.7 of 100/],
  ["an older event's interval of three networks is not shown", { tau: 1, low: 1, high: 1, n: 3 }, /no interval below 10 networks, n = 3\)\. An older version stored no permutation test/],
  ["an older event of twelve keeps its interval", { tau: 0.8, low: 0.5, high: 0.9, n: 12 }, /interval 0\.50 to 0\.90, n = 12\)\. The supernet ranks better than chance\./],
];
for (const [name, trust, words] of TRUST) {
  test(`Kendall's τ: ${name}`, () => {
    renderTrust(place, { ...state(5), analysed: { ...finished, trust: { confidence: 0.95, ...trust } } }, summary);
    assert.match(place.textContent, words);
  });
}

test("a search without an analysis shows nothing", () => {
  renderAnalysis(place, initialState, { ...summary, config: {} });
  assert.ok(place.hasAttribute("data-empty"));
});
