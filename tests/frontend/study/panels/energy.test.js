// The ledger of operations and energy: a row a layer, and a sum.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { drawLedger } from "../../../../frontend/study/panels/energy.js";

test("a row a layer, a dash where nothing can spike, and the sum", () => {
  globalThis.document = new JSDOM("<div id=place></div>").window.document;
  const place = document.getElementById("place");
  const row = (name, spikes, firing_rate) => ({ name, block: "x", spikes, firing_rate, macs: 0, acs: 10, energy_nj: 0.009 });
  const ledger = { tag: "test, retrained", basis: "estimated", rows: [row("stem", 3, 0.25), row("1", 0, null)], spikes: 3, firing_rate: 0.2, macs: 0, acs: 20, energy_nj: 0.018, dense_ann_nj: 4.6 };
  place.replaceChildren(...drawLedger(ledger));
  const cells = [...place.querySelectorAll("tbody tr")].map((tr) => [...tr.children].map((cell) => cell.textContent));
  assert.deepEqual(cells.map((line) => line.slice(0, 3)), [["stem", "3", "0.250"], ["1", "0", "–"]]);
  assert.equal(place.querySelector("tfoot th").textContent, "All");
  assert.match(place.textContent, /sums to N = 3\./);
  assert.match(place.textContent, /4\.6 nJ/);
});
