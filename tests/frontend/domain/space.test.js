// The space and its map: positions as the engine enumerates them, each architecture in one cell, neighbours by one gene.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, choices, index, layout, SAMPLE, size } from "../../../frontend/domain/space.js";
import { CHOICES, CONFIG, whole } from "../recorded.js";

test("choices come from the config, a layer's own before the space's", () => {
  assert.deepEqual(choices(CONFIG), CHOICES);
  const own = { network: { macro: { layers: [{ kind: "search", candidates: ["SIB_k3_e6"] }, { kind: "max_pool" }] }, candidates: ["skip_connect"] } };
  assert.deepEqual(choices(own), [["I3x6"]]);
});

test("positions are lexicographic, as the engine's, and come back", () => {
  assert.equal(size(CHOICES), 125n);
  assert.equal(at(CHOICES, 0n), "S-S-S");
  assert.equal(at(CHOICES, 1n), "S-S-C3");
  assert.equal(at(CHOICES, 25n), "C3-S-S");
  for (let i = 0n; i < 125n; i++) assert.equal(index(CHOICES, at(CHOICES, i)), i);
  assert.equal(index(CHOICES, "S-S"), null);
  assert.equal(index(CHOICES, "S-S-R7"), null);
});

test("a whole space has every architecture in one cell; cells in one row share the first genes, in one column the last", () => {
  const found = layout(CHOICES, [], 2);
  assert.ok(found.whole);
  assert.equal(found.columns * found.rows, 125);
  assert.equal(new Set(found.cells).size, 125);
  assert.deepEqual([found.rows, found.columns], [5, 25]);
  found.cells.forEach((code, i) => {
    const genes = code.split("-");
    assert.equal(genes[0], CHOICES[0][Math.floor(i / 25)]);
    assert.equal(genes.slice(1).join("-"), found.cells[i % 25].split("-").slice(1).join("-"));
  });
  assert.deepEqual(found.across.map((band) => band.span), [5, 1]);
});

test("a tall place puts more genes down", () => {
  const found = layout(CHOICES, [], 0.5);
  assert.deepEqual([found.rows, found.columns], [25, 5]);
});

test("the paper's 3,125 are drawn whole", () => {
  const found = layout(Array.from({ length: 5 }, () => CHOICES[0]), [], 1.8);
  assert.ok(found.whole);
  assert.equal(found.cells.length, 3125);
  assert.equal(new Set(found.cells).size, 3125);
});

test("a larger space is a sample that says so, in order, with all candidates", () => {
  const big = Array.from({ length: 12 }, () => CHOICES[0]);
  const evaluated = whole.candidates.map((c) => [c.architecture, c.architecture, c.architecture, c.architecture].join("-"));
  const found = layout(big, evaluated, 1.5);
  assert.ok(!found.whole);
  assert.equal(found.size, 5 ** 12);
  assert.ok(found.cells.length <= SAMPLE && found.cells.length > SAMPLE / 2);
  const cells = new Set(found.cells);
  assert.equal(cells.size, found.cells.length);
  for (const code of evaluated) assert.ok(cells.has(code));
  const order = found.cells.map((code) => index(big, code));
  assert.ok(order.every((position, i) => i === 0 || position > order[i - 1]));
  assert.ok(found.columns * found.rows >= found.cells.length);
});

test("positions of a space beyond 2^53 stay exact", () => {
  const vast = Array.from({ length: 32 }, () => CHOICES[0]);
  const last = size(vast) - 1n;
  assert.equal(index(vast, at(vast, last)), last);
  assert.ok(layout(vast, [], 1).cells.length > 0);
});
