// Numbers as people read them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { bytes, duration, minus, percent, short, tick } from "../../../frontend/lib/format.js";

test("ticks carry a unit and no zeros that say nothing", () => {
  const cases = [[0, "0"], [500, "500"], [1000, "1 k"], [1500, "1.5 k"], [2000, "2 k"], [12_500, "12.5 k"], [250_000, "250 k"], [1_250_000, "1.25 M"], [0.5, "0.5"]];
  for (const [value, said] of cases) assert.equal(tick(Number(value)), said);
});

test("three digits, and the unit of the number that is shown", () => {
  const cases = [[0, "0"], [7, "7"], [0.1234, "0.12"], [9.996, "10.0"], [99.96, "100"], [999.4, "999"], [999.6, "1.00 k"], [1234, "1.23 k"], [154_321, "154 k"], [999_499, "999 k"], [999_950, "1.00 M"], [2e9, "2 G"], [-2500, "-2.50 k"]];
  for (const [value, said] of cases) assert.equal(short(Number(value)).replace("\u00a0", " "), said);
  for (const value of [null, undefined, NaN, Infinity]) assert.equal(short(value), "–");
});

test("sizes, and the unit of the number that is shown", () => {
  const cases = [[999, "999 B"], [163_400, "163 kB"], [999_500, "1.0 MB"], [12_345_678, "12.3 MB"], [999_999_999, "1.00 GB"]];
  for (const [count, said] of cases) assert.equal(bytes(Number(count)).replace("\u00a0", " "), said);
});

test("no line ends between a number and its unit", () => {
  for (const said of [short(1234), percent(0.871), bytes(163_400)]) assert.doesNotMatch(said, / /);
});

test("λ has a minus sign", () => {
  assert.equal(minus(-0.08), "−0.08");
  assert.equal(minus(0), "0");
});

test("durations read as in the jobs panel, whose test has the same list", () => {
  const cases = JSON.parse(readFileSync(new URL("../durations.json", import.meta.url), "utf8"));
  for (const [seconds, said] of cases) assert.equal(duration(seconds), said);
});
