// The plot's traces: what is drawn where, curves that really join equal fitness, and what is drawn beside only where it belongs.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { makeFrame } from "../../../frontend/study/frame.js";
import { compute } from "../../../frontend/domain/ranking.js";
import { FIRST } from "../../../frontend/study/view.js";
import { trained } from "../../../frontend/study/search.js";
import { drawn, isoCurves, traces } from "../../../frontend/charts/pareto_traces.js";
import { CONFIG, candidate, OWN, upTo, whole } from "../recorded.js";

const frame = (view = FIRST, state = whole) => makeFrame(state, view, CONFIG.search);
const BESIDE = {
  trained: trained(whole),
  published: [{ name: "SNN_1 SRB_k3", accuracy: 0.8754, spikes: 146_000, source: "Na et al., ICML 2022, poster" }],
  requested: [{ id: "u", architecture: "S-S-S", state: "done", reason: "", result: { accuracy: 0.5, spikes: 900, firing_rate: 0.1, fitness: 0.5, parameters: 9 } }],
};
const named = (view, state) => {
  const made = frame(view, state);
  return new Map(traces(drawn(made, view), made, view, BESIDE).map((trace) => [trace.name, trace]));
};

beforeEach(() => {
  const { window } = new JSDOM("");
  globalThis.document = window.document;
  globalThis.getComputedStyle = window.getComputedStyle.bind(window);
  document.createElement = ((make) => (tag) => (tag === "canvas" ? { getContext: () => null } : make(tag)))(document.createElement.bind(document));
});

test("every candidate is a point with its id; the front is the engine's", () => {
  const found = named(FIRST);
  assert.deepEqual(found.get("candidates").customdata, whole.candidates.map((c) => c.id));
  assert.deepEqual(found.get("Pareto front").x, whole.generations.at(-1).front.map((id) => whole.candidates[id].spikes));
});

test("a dotted curve joins points of one fitness, the first through the best", () => {
  const { best, rule, fitness } = frame();
  const curves = isoCurves(frame());
  assert.ok(curves.length >= 2);
  for (const curve of curves) {
    const level = compute(curve.y[0] / 100, curve.x[0], rule.average, OWN);
    curve.x.forEach((spikes, i) => assert.ok(Math.abs(compute(curve.y[i] / 100, spikes, rule.average, OWN) - level) < 1e-9));
    assert.equal(curve.text.at(-1), `F ${level.toFixed(3)}`);
  }
  assert.ok(Math.abs(compute(curves[0].y[0] / 100, curves[0].x[0], rule.average, OWN) - fitness(best)) < 1e-9);
});

test("published points, requests and trained networks stand where their numbers belong, and nowhere else", () => {
  const usual = named(FIRST);
  assert.deepEqual(usual.get("published").x, [146_000]);
  assert.ok(Math.abs(usual.get("published").y[0] - 87.54) < 1e-9);
  assert.deepEqual(usual.get("evaluated manually").x, [900]);
  assert.deepEqual(usual.get("test, retrained").y, BESIDE.trained.map((t) => 100 * t.accuracy));
  assert.ok(!named({ ...FIRST, published: false }).has("published"));
  assert.ok(!named({ ...FIRST, x: "parameters" }).has("published")); // the poster does not give them
  const fitness = named({ ...FIRST, y: "fitness" });
  for (const name of ["published", "evaluated manually", "test, retrained", "equal fitness", "Pareto front"]) assert.ok(!fitness.has(name), name);
  assert.deepEqual(fitness.get("candidates").y, whole.candidates.map((c) => c.fitness));
});

test("the generation in progress is hollow until it is stored", () => {
  const before = upTo("generation_finished", 2);
  const state = { ...before, provisional: [candidate(before.candidates.length, { generation: 2 })] };
  assert.deepEqual(named(FIRST, state).get("being evaluated").customdata, [before.candidates.length]);
  assert.ok(!named({ ...FIRST, generation: 0 }, state).has("being evaluated"));
});
