// Numbers as people read them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { duration, minus, tick } from "../../frontend/format.js";

test("ticks carry a unit and no zeros that say nothing", () => {
  const cases = [[0, "0"], [500, "500"], [1000, "1 k"], [1500, "1.5 k"], [2000, "2 k"], [12_500, "12.5 k"], [250_000, "250 k"], [1_250_000, "1.25 M"], [0.5, "0.5"]];
  for (const [value, said] of cases) assert.equal(tick(Number(value)), said);
});

test("λ has a minus sign", () => {
  assert.equal(minus(-0.08), "−0.08");
  assert.equal(minus(0), "0");
});

test("durations read as in the jobs panel, whose test has the same list", () => {
  const cases = JSON.parse(readFileSync(new URL("durations.json", import.meta.url), "utf8"));
  for (const [seconds, said] of cases) assert.equal(duration(seconds), said);
});
