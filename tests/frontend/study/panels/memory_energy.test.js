// Energy with memory accesses beside an 8-bit ANN: a row a network, and one sentence that says which takes less.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { drawMemory, inWords } from "../../../../frontend/study/panels/memory_energy.js";

const parts = (total) => ({ arithmetic: 1, addresses: 2, inputs_outputs: 3, parameters: 4, potentials: 5, total });
const found = { source: "Lemaire", snn_int32_nj: parts(400), snn_int8_nj: parts(21), ann_int8_nj: parts(10), ratio: 2.1, ratio_int32: 40, firing_rate: 0.18, break_even_firing_rate: 0.083 };

test("this network and the ANN at 8 bits, and this network at 32, part by part", () => {
  globalThis.document = new JSDOM("<div id=place></div>").window.document;
  const place = document.getElementById("place");
  place.replaceChildren(...drawMemory(found));
  const cells = [...place.querySelectorAll("tbody tr")].map((tr) => [tr.firstChild.textContent, tr.lastChild.textContent]);
  assert.deepEqual(cells, [["This network, 8-bit", "21.0"], ["8-bit ANN, same layers", "10.0"], ["This network, 32-bit", "400.0"]]);
  assert.equal(place.querySelector("a").getAttribute("href"), "/docs/energy");
});

test("a network in ANN mode has no such table, nor has the answer of an older server", () => {
  assert.deepEqual(drawMemory(null), []);
  assert.deepEqual(drawMemory(undefined), []);
});

test("the sentence says which takes less and from which firing rate on", () => {
  assert.match(inWords(found), /takes 2\.10 times .* it takes more\. Both take the same at a firing rate of 8\.3.%; this network fires at 18\.0.%\./);
  assert.match(inWords({ ...found, ratio: 0.4, break_even_firing_rate: 0.3 }), /so it takes less\. Both take the same/);
  assert.match(inWords({ ...found, break_even_firing_rate: null }), /No lower firing rate would change that\.$/);
  assert.match(inWords({ ...found, ratio: 0.4, break_even_firing_rate: null }), /it takes less\.$/);
});
