// Studies over several seeds: a line each, this one marked, and the spread of the finished ones in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { drawRepeat } from "../../../../frontend/study/panels/repeat.js";

const line = (seed, result) => ({ id: `s${seed}`, url: `/studies/s${seed}`, name: "x", seed, state: result ? "succeeded" : "queued", result });
const found = { architecture: "R3-C3", test_accuracy: 0.9, test_spikes: 1234, firing_rate: 0.125, parameters: 10 };

test("a line a seed, a dash where there is no result yet", () => {
  globalThis.document = new JSDOM("<div id=place></div>").window.document;
  const place = document.getElementById("place");
  const spread = { test_accuracy: { n: 1, mean: 0.9, deviation: null }, test_spikes: { n: 1, mean: 1234, deviation: null } };
  place.replaceChildren(...drawRepeat({ studies: [line(0, found), line(1, null)], finished: 1, spread }, "s0"));
  const cells = [...place.querySelectorAll("tbody tr")].map((tr) => [...tr.children].map((cell) => cell.textContent));
  assert.deepEqual(cells[1], ["1", "queued", "–", "–", "–", "–"]);
  assert.equal(cells[0][0], "0, this one");
  assert.equal(cells[0][2], "R3-C3");
  assert.equal(place.querySelectorAll("a").length, 1);
  assert.match(place.textContent, /1 of 2 finished\./);
});

test("mean and sample deviation with their n", () => {
  globalThis.document = new JSDOM("<div id=place></div>").window.document;
  const place = document.getElementById("place");
  const spread = { test_accuracy: { n: 2, mean: 0.85, deviation: 0.05 }, test_spikes: { n: 2, mean: 1000, deviation: 200 } };
  place.replaceChildren(...drawRepeat({ studies: [line(0, found), line(1, found)], finished: 2, spread }, "s9"));
  assert.match(place.textContent, /± 5 points/);
  assert.match(place.textContent, /± 200 spikes, n = 2\./);
});
