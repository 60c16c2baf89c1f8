// Fronts against brute force; numbers as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, duration, percent, short } from "../../../frontend/lib/format.js";
import { front } from "../../../frontend/pareto.js";

test("the front equals brute force on many small sets with ties", () => {
  let seed = 1;
  const next = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 200; round += 1) {
    const points = Array.from({ length: 1 + next(12) }, () => ({ accuracy: next(5), spikes: next(5) }));
    const beats = (a, b, i, j) =>
      a.accuracy >= b.accuracy && a.spikes <= b.spikes && (a.accuracy > b.accuracy || a.spikes < b.spikes || i < j);
    const expected = points.flatMap((p, j) => (points.some((q, i) => i !== j && beats(q, p, i, j)) ? [] : [j]));
    assert.deepEqual([...front(points)].sort((a, b) => a - b), expected);
  }
});

test("numbers carry their unit", () => {
  assert.equal(short(154321), "154\u00a0k");
  assert.equal(short(null), "–");
  assert.equal(percent(0.91234), "91.2\u00a0%");
  assert.equal(duration(200), "3 min 20 s");
  assert.equal(duration(7500), "2 h 5 min");
  assert.equal(bytes(163000), "163\u00a0kB");
});
