// The heatmap's numbers against the recorded engine: maps sum to the spikes, neuron counts give the firing rates.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ELEMENTS } from "../facts.js";
import { cells, decodeMap, highestOf } from "../../../frontend/charts/heatmap.js";
import { elementsOf } from "../../../frontend/domain/blocks.js";

const events = readFileSync(new URL("../../fixtures/quick_look.ndjson", import.meta.url), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const started = events.find((event) => event.kind === "study_started");
const candidates = events.flatMap((event) => (event.kind === "generation_finished" ? event.candidates : []));
const near = (a, b) => assert.ok(Math.abs(a - b) <= 1e-4 * Math.max(Math.abs(a), Math.abs(b), 1e-9), `${a} is not ${b}`);
const sum = (values) => values.reduce((a, b) => a + b, 0);

test("a spike map holds every row and step and sums to the candidate's spikes", () => {
  for (const candidate of candidates) {
    const map = decodeMap(candidate.spike_map, started.time_steps);
    assert.equal(map.rows, started.layers.length);
    near(sum(map.values), candidate.spikes);
  }
});

test("neurons are counted as the engine counts them: the firing rate follows", () => {
  for (const candidate of candidates) {
    const neurons = sum(elementsOf(ELEMENTS, candidate.architecture));
    near(candidate.spikes / (neurons * started.time_steps), candidate.firing_rate);
  }
});

test("spikes per neuron divide each row by its own; a row without neurons has none, and one nobody knows shows nothing", () => {
  const map = { rows: 3, steps: 2, values: Float32Array.of(4, 8, 0, 0, 3, 6) };
  assert.deepEqual([...cells(map, null)], [4, 8, 0, 0, 3, 6]);
  assert.deepEqual([...cells(map, [4, 0, undefined])], [1, 2, 0, 0, NaN, NaN]);
  assert.equal(highestOf(cells(map, [4, 0, undefined])), 2);
});
