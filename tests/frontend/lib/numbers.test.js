// Numbers as people read them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, duration, percent, short } from "../../../frontend/lib/format.js";

test("numbers carry their unit", () => {
  assert.equal(short(154321), "154\u00a0k");
  assert.equal(short(null), "–");
  assert.equal(percent(0.91234), "91.2\u00a0%");
  assert.equal(duration(200), "3 min 20 s");
  assert.equal(duration(7500), "2 h 5 min");
  assert.equal(bytes(163000), "163\u00a0kB");
});
