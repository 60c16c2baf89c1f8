// Studies chosen to be compared: in the order of choosing, never too many.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST, inWords, toggled } from "../../../frontend/studies/choice.js";

test("chosen again means not chosen; the order is that of choosing", () => {
  const chosen = ["b", "a", "c"].reduce(toggled, []);
  assert.deepEqual(chosen, ["b", "a", "c"]);
  assert.deepEqual(toggled(chosen, "a"), ["b", "c"]);
  assert.deepEqual(toggled(toggled(chosen, "b"), "b"), ["a", "c", "b"]);
});

test("one too many changes nothing, and one can still be taken away", () => {
  const full = Array.from({ length: MOST }, (_, i) => `${i}`);
  assert.equal(toggled(full, "more"), full);
  assert.equal(toggled(full, "0").length, MOST - 1);
});

test("it is said how many are chosen elsewhere", () => {
  assert.equal(inWords(3, 0), "");
  assert.equal(inWords(3, 2), "2 of them not listed here.");
  assert.equal(inWords(3, 3), "Not listed here.");
});
