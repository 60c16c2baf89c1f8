// Ticks stand at round numbers, and no two of an axis read alike.

import assert from "node:assert/strict";
import { test } from "node:test";

import { roundStep, ticks } from "../../../frontend/lib/ticks.js";

test("steps are 1, 2, 2.5 or 5 times a power of ten", () => {
  assert.deepEqual([0.012, 0.02, 0.3, 0.7, 210, 26].map(roundStep), [0.02, 0.02, 0.5, 1, 250, 50]);
});

test("a linear axis", () => {
  assert.deepEqual(ticks([2270, 4210], "linear", 6).ticktext, ["2.5 k", "3 k", "3.5 k", "4 k"]);
  assert.deepEqual(ticks([69, 89.4], "linear", 5).ticktext, ["70", "75", "80", "85"]);
  assert.deepEqual(ticks([-0.31, 0.02], "linear", 4).ticktext, ["−0.3", "−0.2", "−0.1", "0"]);
  assert.deepEqual(ticks([12_100, 13_000], "linear", 4).ticktext, ["12.25 k", "12.5 k", "12.75 k", "13 k"]);
  assert.deepEqual(ticks([0, 2.4e9], "linear", 3).ticktext, ["0", "1 G", "2 G"]);
});

test("a logarithmic axis", () => {
  assert.deepEqual(ticks([2.9, 4.8], "log", 6).ticktext, ["1 k", "2 k", "5 k", "10 k", "20 k", "50 k"]);
  assert.deepEqual(ticks([0, 9], "log", 5).ticktext, ["1", "100", "10 k", "1 M", "100 M"]);
  assert.deepEqual(ticks([Math.log10(2300), Math.log10(4200)], "log", 6).ticktext, ["2.5 k", "3 k", "3.5 k", "4 k"]);
});

test("in every range there are two or more, within it, rising, no two alike", () => {
  for (let i = 1; i < 400; i += 1) {
    const most = 2 + (i % 6);
    const low = (i * 7919) % 5000;
    const high = low + 10 ** ((i % 12) / 2 - 1);
    for (const range of [[low, high], [Math.log10(low + 1), Math.log10(high + 1)]]) {
      const type = range[0] === low ? "linear" : "log";
      const { tickvals, ticktext } = ticks(range, type, most);
      const ends = type === "log" ? range.map((v) => 10 ** v) : range;
      const slack = 1e-6 * ends[1];
      assert.ok(tickvals.length >= 2, `${type} ${range}: ${ticktext}`);
      assert.ok(tickvals.every((v, k) => v >= ends[0] - slack && v <= ends[1] + slack && (k === 0 || v > tickvals[k - 1])), `${type} ${range}: ${ticktext}`);
      assert.equal(new Set(ticktext).size, ticktext.length, `${type} ${range}: ${ticktext}`);
    }
  }
});
