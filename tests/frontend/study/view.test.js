// The view in the URL: every part of it goes out and comes back, and nonsense counts as not given.
import assert from "node:assert/strict";
import { test } from "node:test";
import { filtered, genomeTest, sorted, csv, resorted } from "../../../frontend/study/selection.js";
import { FIRST, parse, toQuery } from "../../../frontend/study/view.js";
import { candidate, whole } from "../recorded.js";

const back = (view) => parse(new URLSearchParams(toQuery(view)));

test("the first view needs no query", () => {
  assert.equal(toQuery(FIRST), "");
  assert.deepEqual(parse(new URLSearchParams("")), FIRST);
});

test("every part of a view comes back from its URL", () => {
  const changes = {
    tab: "map", generation: 6, selected: 0, asked: "R5-S-I3x6", lambda: -0.125, budget: 1500, x: "parameters", y: "fitness", log: true, iso: false, published: false,
    sort: "spikes", up: true, all: true, pattern: "R5-*-S", origin: "mutation", front: true, from: 2, to: 9, colour: "spikes", perNeuron: true, speed: 4,
  };
  assert.deepEqual(Object.keys(changes).sort(), Object.keys(FIRST).sort());
  for (const [name, value] of Object.entries(changes)) assert.deepEqual(back({ ...FIRST, [name]: value }), { ...FIRST, [name]: value }, name);
  assert.deepEqual(back({ ...FIRST, ...changes }), { ...FIRST, ...changes });
});

test("nonsense in a URL counts as not given", () => {
  assert.deepEqual(parse(new URLSearchParams("tab=x&g=0&c=-1&a=<b>&lambda=x&x=y&sort=-;&speed=3&colour=1&origin=z")), { ...FIRST });
  assert.equal(parse(new URLSearchParams("lambda=-9")).lambda, -2);
  assert.equal(parse(new URLSearchParams("lambda=1")).lambda, 0);
});

test("patterns: codes, stars, beginnings, small letters, fewer parts than layers", () => {
  const fits = (pattern, code) => genomeTest(pattern)(code);
  assert.ok(fits("R5-*-S", "R5-C3-S"));
  assert.ok(!fits("R5-*-S", "R5-C3-C5"));
  assert.ok(fits("r5-*-s", "R5-C3-S"));
  assert.ok(fits("R*", "R3-S"));
  assert.ok(!fits("R", "R3-S"));
  assert.ok(fits("I3x6", "I3x6-S") && !fits("I3x6", "I3x3-S"));
  assert.ok(fits("R5", "R5-C3-S"));
  assert.ok(!fits("R5-S-S-S", "R5-S-S"));
  assert.equal(genomeTest("R5-.*"), null);
});

test("filters together, against filtering by hand", () => {
  const front = new Set(whole.generations.at(-1).front);
  const view = { ...FIRST, pattern: "*-*-*", origin: "mutation", front: true, from: 2, to: 5 };
  const hand = whole.candidates.filter((c) => c.origin === "mutation" && front.has(c.id) && c.generation >= 1 && c.generation <= 4);
  assert.deepEqual(filtered(whole.candidates, view, front), hand);
  assert.deepEqual(filtered(whole.candidates, { ...FIRST, pattern: "(" }, front), []);
});

test("sorting is by the column and then by id, either way", () => {
  const made = [candidate(0, { spikes: 5 }), candidate(1, { spikes: 3 }), candidate(2, { spikes: 5 })];
  const ids = (up) => sorted(made, { ...FIRST, sort: "spikes", up }, (c) => c.fitness).map((c) => c.id);
  assert.deepEqual(ids(true), [1, 0, 2]);
  assert.deepEqual(ids(false), [0, 2, 1]);
  assert.deepEqual(resorted(FIRST, "spikes"), { sort: "spikes", up: true });
  assert.deepEqual(resorted({ ...FIRST, sort: "spikes", up: true }, "spikes"), { sort: "spikes", up: false });
  assert.deepEqual(resorted(FIRST, "accuracy"), { sort: "accuracy", up: false });
});

test("the CSV has a head, a line a row, and says what it was measured on", () => {
  const lines = csv([candidate(3, { parents: [1, 2], changed: [0, 2], generation: 4 })], () => 0.25, "Study\nvalidation").trim().split("\r\n");
  assert.equal(lines[0], "# Study validation");
  assert.equal(lines[1], "id,generation,architecture,accuracy,spikes,firing_rate,fitness,parameters,origin,parents,changed");
  assert.equal(lines[2], "3,5,S-S-S,0.5,1000,0.1,0.25,10,random,1 2,1 3");
});
