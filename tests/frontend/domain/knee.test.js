// The knee of a front, by hand: the cases that engine/metrics/pareto.py is held to as well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { knee } from "../../../frontend/domain/front.js";
import { candidate } from "../recorded.js";

const cases = JSON.parse(readFileSync(new URL("../../fixtures/knees.json", import.meta.url), "utf8"));

for (const { name, front, knee: expected } of cases) {
  test(name, () => {
    const members = front.map(([accuracy, spikes], i) => candidate(i, { accuracy, spikes }));
    assert.equal(knee(members)?.id ?? null, expected);
  });
}
