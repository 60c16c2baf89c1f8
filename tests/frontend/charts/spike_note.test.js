// The note beside spikes by layer: there where the server has one, and nowhere else.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { spikeNote } from "../../../frontend/charts/spike_note.js";
import { account, renderLedger } from "../../../frontend/architecture/ledger.js";
import { drawLedger } from "../../../frontend/study/panels/energy.js";

const NOTE = "Average pooling: the neurons of layer 2 never reach the threshold in exact arithmetic.";
let place;

beforeEach(() => {
  globalThis.document = new JSDOM("<div id=place></div>").window.document;
  place = document.getElementById("place");
});

test("it is a paragraph that leads to its explanation", () => {
  const [note] = spikeNote(NOTE);
  assert.ok(note.textContent.startsWith(NOTE));
  assert.equal(note.querySelector("a").getAttribute("href"), "/docs/spikes#average-pooling");
  assert.deepEqual(spikeNote(""), []);
  assert.deepEqual(spikeNote(undefined), []);
});

for (const note of [NOTE, undefined]) {
  const shown = note ? 1 : 0;
  test(`the ledger of an architecture ${note ? "has it" : "has none"}`, () => {
    const rows = [{ name: "stem", block: "conv", shape: [1, 1, 1], parameters: 0, macs: 0, sites: 4 }];
    renderLedger(place, account({ rows: 1, steps: 1, values: new Float32Array([2]) }, rows, 10), 10, "test, retrained", note);
    assert.equal(place.querySelectorAll(".spike-note").length, shown);
  });

  test(`the energy of a network ${note ? "has it" : "has none"}`, () => {
    const ledger = { tag: "test, retrained", basis: "estimated", rows: [], spikes: 0, firing_rate: 0, macs: 0, acs: 0, energy_nj: 0, dense_ann_nj: 0, note };
    place.replaceChildren(...drawLedger(ledger));
    assert.equal(place.querySelectorAll(".spike-note").length, shown);
  });
}
