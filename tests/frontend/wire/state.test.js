// The reducer on a recorded quick look: replay, doubles, any order, gaps, provisional events.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { applyProvisional, at, hasGap, initialState, plannedGenerations, reduce } from "../../../frontend/wire/state.js";

const lines = readFileSync(new URL("../../fixtures/quick_look.ndjson", import.meta.url), "utf8").trim().split("\n");
const log = lines
  .map((line) => JSON.parse(line))
  .filter((event) => event.kind !== "progress" && event.kind !== "candidate_evaluated")
  .map((event, i) => ({ seq: i + 1, time: "2026-01-01T00:00:00Z", event }));
const replay = (events) => events.reduce(reduce, initialState);
const whole = replay(log);

test("a replay holds every event once", () => {
  assert.equal(whole.seq, log.length);
  assert.equal(whole.log.length, log.length);
  assert.ok(whole.finished);
  assert.deepEqual(whole.candidates.map((c) => c.id), whole.candidates.map((_, i) => i));
});

test("doubled events change nothing", () => {
  assert.deepEqual(replay(log.flatMap((event) => [event, event])), whole);
  assert.equal(reduce(whole, log[2]), whole);
});

test("any order of arrival ends in the same state", () => {
  assert.deepEqual(replay([...log].reverse()), whole);
});

test("a missing event is a gap until it comes", () => {
  const holed = replay(log.filter((event) => event.seq !== 3));
  assert.equal(holed.seq, 2);
  assert.ok(hasGap(holed));
  const filled = reduce(holed, log[2]);
  assert.ok(!hasGap(filled));
  assert.deepEqual(filled, whole);
});

test("a provisional candidate goes when its generation is stored", () => {
  const first = log.findIndex((event) => event.event.kind === "generation_finished");
  const before = replay(log.slice(0, first));
  const candidate = log[first].event.candidates[0];
  const shown = applyProvisional(before, { kind: "candidate_evaluated", candidate });
  assert.equal(shown.provisional.length, 1);
  const stored = reduce(shown, log[first]);
  assert.equal(stored.provisional.length, 0);
  assert.equal(applyProvisional(stored, { kind: "candidate_evaluated", candidate }), stored);
});

test("scrubbing back shows only what was known then", () => {
  const then = at(whole, 0);
  assert.ok(then.current.length > 0);
  assert.ok(then.candidates.every((c) => c.generation === 0));
});

test("a long log that arrives backwards is applied without deep recursion", () => {
  const far = Array.from({ length: 3000 }, (_, i) => ({ seq: i + 1, time: "", event: { kind: "state_changed", state: "running", reason: "" } }));
  const waiting = Object.fromEntries(far.slice(1).map((stored) => [stored.seq, stored]));
  const state = reduce({ ...initialState, waiting }, far[0]);
  assert.equal(state.seq, 3000);
  assert.equal(state.log.length, 3000);
  assert.ok(!hasGap(state));
});

test("a search has as many generations as are planned, and once it is over as many as there were", () => {
  const third = log.findIndex((stored) => stored.event.kind === "generation_finished" && stored.event.generation === 2) + 1;
  const searching = replay(log.slice(0, third));
  const planned = searching.generations[0].generations;
  assert.ok(planned > 3);
  assert.equal(plannedGenerations(initialState), 0);
  assert.equal(plannedGenerations(searching), planned);
  for (const event of [{ kind: "phase_started", phase: "retrain", architecture: "S-S-S" }, { kind: "state_changed", state: "cancelled", reason: "" }])
    assert.equal(plannedGenerations(reduce(searching, { seq: third + 1, time: "2026-01-01T00:00:00Z", event })), 3);
  const paused = { kind: "state_changed", state: "paused", reason: "" };
  assert.equal(plannedGenerations(reduce(searching, { seq: third + 1, time: "2026-01-01T00:00:00Z", event: paused })), planned);
});
