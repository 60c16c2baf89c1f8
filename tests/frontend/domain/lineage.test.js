// Lineage: every ancestor once, a generation a column, and a story that can be checked against the genomes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ancestors, DRAWN, lineage, mainLine, story } from "../../../frontend/domain/lineage.js";
import { candidate, whole } from "../recorded.js";

const family = [
  candidate(0, { architecture: "S-S-S", accuracy: 0.5, fitness: 0.5 }),
  candidate(1, { architecture: "R3-R3-R3" }),
  candidate(2, { generation: 1, architecture: "S-C3-S", origin: "mutation", parents: [0], changed: [1], accuracy: 0.6, fitness: 0.6 }),
  candidate(3, { generation: 1, architecture: "C5-S-S", origin: "mutation", parents: [0], changed: [0] }),
  candidate(4, { generation: 2, architecture: "S-C3-R3", origin: "crossover", parents: [2, 1], changed: [2], accuracy: 0.55, fitness: 0.58 }),
];

test("ancestors are all parents of parents, once, and nobody else", () => {
  assert.deepEqual(ancestors(family, 4).map((c) => c.id), [4, 2, 1, 0]);
  assert.deepEqual(ancestors(family, 0).map((c) => c.id), [0]);
  for (const c of whole.candidates) {
    const found = new Set(ancestors(whole.candidates, c.id).map((one) => one.id));
    for (const id of found) for (const parent of whole.candidates[id].parents) assert.ok(found.has(parent));
  }
});

test("a column a generation, each place taken once, first parents told from second ones", () => {
  const found = lineage(family, 4);
  assert.deepEqual(found.columns, [0, 1, 2]);
  assert.equal(new Set(found.places.map((p) => `${p.column}/${p.row}`)).size, 4);
  for (const place of found.places) assert.equal(found.columns[place.column], place.candidate.generation);
  assert.deepEqual(found.edges.filter((e) => e.to === 4), [{ from: 2, to: 4, first: true }, { from: 1, to: 4, first: false }]);
  assert.equal(found.hidden, 0);
});

test("a long ancestry is cut to what can be drawn, and says how much is not", () => {
  const long = Array.from({ length: 300 }, (_, i) => candidate(i, { generation: i, parents: i ? [i - 1] : [], changed: i ? [0] : [] }));
  const found = lineage(long, 299);
  assert.equal(found.places.length, DRAWN);
  assert.equal(found.hidden, 300 - DRAWN);
  assert.equal(mainLine(long, 299).length, 300);
});

test("the story, by hand", () => {
  assert.deepEqual(story(family, 4), [
    "S-S-S (#0) was drawn at random in generation 1: 50.0\u00a0% with 1\u00a0k spikes, fitness 0.5000.",
    "A mutation changed searched layer 2 from S to C3 and made S-C3-S (#2) in generation 2: 60.0\u00a0% with 1\u00a0k spikes, fitness 0.6000 (+0.1000).",
    "A crossover with R3-R3-R3 (#1) changed searched layer 3 from S to R3 and made S-C3-R3 (#4) in generation 3: 55.0\u00a0% with 1\u00a0k spikes, fitness 0.5800 (−0.0200).",
  ]);
});

test("every recorded story tells changes that the genomes show", () => {
  for (const c of whole.candidates) {
    const line = mainLine(whole.candidates, c.id);
    line.slice(1).forEach((child, i) => {
      const [from, to] = [line[i].architecture.split("-"), child.architecture.split("-")];
      assert.deepEqual(from.flatMap((g, k) => (g === to[k] ? [] : [k])), child.changed);
    });
  }
});
