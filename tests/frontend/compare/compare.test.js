// Comparing, without a browser: addresses, aligned layers, waterfalls that sum, one scale, names, and what is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import "../facts.js";
import { query, read, write } from "../../../frontend/compare/address.js";
import { leading, spread } from "../../../frontend/compare/fronts.js";
import { mapOf, perNeuron } from "../../../frontend/compare/heatmaps.js";
import { align, floor, highest, total, waterfall } from "../../../frontend/compare/layers.js";
import { matching } from "../../../frontend/compare/picker.js";
import { labels, series, titles } from "../../../frontend/compare/series.js";
import { renderStrips } from "../../../frontend/compare/strips.js";
import { renderDifferences } from "../../../frontend/compare/tables.js";
import { renderWaterfall, sentence, signed } from "../../../frontend/compare/waterfall.js";

const row = (name, spikes, block = "SCB_k3", neurons = 10) => ({ name, block, neurons, spikes });
const one = { rows: [row("stem", 5, "conv"), row("1", 20), row("2", 0, "skip_connect", 0), row("output", 1, "fc")] };
const other = { rows: [row("stem", 5, "conv"), row("1", 12, "SRB_k5"), row("2", 30), row("output", 2, "fc")] };

test("an address read and written again is the same", () => {
  const address = "?s=A,B&a=A:R5-S,B:winner&from=1&to=0&scale=neuron";
  assert.equal(write(read(address)), address);
  assert.deepEqual(read("?s=A,A,,B").studies, ["A", "B"]);
  assert.equal(write(read("?from=x&to=-3")), "");
  assert.equal(query(read(address)), "?s=A,B&a=A:R5-S,B:winner");
  assert.doesNotMatch(write({ ...read(""), studies: ["<b>&x=1"] }), /[<>]|&x/);
});

test("a waterfall goes from one N to the other, layer by layer", () => {
  const steps = waterfall(one, other);
  assert.deepEqual(steps.map((step) => [step.name, step.delta, step.from, step.to]), [
    ["stem", 0, 26, 26], ["1", -8, 26, 18], ["2", 30, 18, 48], ["output", 1, 48, 49],
  ]);
  assert.equal(steps[0].from, total(one));
  assert.equal(steps.at(-1).to, total(other));
  assert.deepEqual(steps[2].blocks, ["skip_connect", "SCB_k3"]);
});

test("layers that one network lacks stand alone, in their order, and still sum", () => {
  const longer = { rows: [row("stem", 5), row("stem pool 1", 3), row("1", 12), row("2", 30), row("GAP", 4), row("output", 2)] };
  assert.deepEqual(align([one, longer]).map((layer) => layer.name), ["stem", "stem pool 1", "1", "2", "GAP", "output"]);
  assert.equal(align([one, longer])[1].rows[0], null);
  assert.equal(waterfall(one, longer).at(-1).to, total(longer));
  assert.equal(waterfall(longer, one).at(-1).to, total(one));
});

test("the axis begins at zero unless the steps would be slivers", () => {
  assert.equal(floor([26, 49, 18]), 0);
  const low = floor([10_000, 10_200]);
  assert.ok(low > 9000 && low < 10_000);
});

test("one scale for all maps, also per neuron", () => {
  const map = Buffer.from(new Float32Array([1, 3, 8, 2, 0, 0, 1, 0]).buffer).toString("base64");
  const network = { ...one, steps: 2, map };
  const found = mapOf(network);
  assert.deepEqual([...found.values], [1, 3, 8, 2, 0, 0, 1, 0]);
  assert.equal(highest([found, { values: [4, 9] }]), 9);
  const rates = perNeuron(network, found);
  assert.deepEqual([...rates.values], [0.1, 0.3, 0.8, 0.2, 0, 0, 0.1, 0]); // an identity has no neurons and no rate
});

test("eight symbols, none twice", () => {
  assert.equal(new Set(Array.from({ length: 8 }, (_, i) => series(i).glyph)).size, 8);
  assert.equal(new Set(Array.from({ length: 8 }, (_, i) => series(i).symbol)).size, 8);
});

test("studies of one name are told apart", () => {
  assert.deepEqual(titles([{ name: "A", seed: 0 }, { name: "B", seed: 0 }]), ["A", "B"]);
  assert.deepEqual(titles([{ name: "A", seed: 0 }, { name: "A", seed: 1 }]), ["A, seed 0", "A, seed 1"]);
  assert.deepEqual(titles([{ name: "A", seed: 0 }, { name: "A", seed: 0 }]), ["A, seed 0 (1)", "A, seed 0 (2)"]);
});

test("labels in the margin do not cover one another", () => {
  const placed = spread([{ y: 80, text: "a" }, { y: 80.5, text: "b" }, { y: 60, text: "c" }], 5);
  assert.deepEqual(placed.map((label) => [label.text, label.y]), [["b", 80.5], ["a", 75.5], ["c", 60]]);
});

test("who leads is said, also where several do", () => {
  const studies = [{ hypervolume: 0.4 }, { hypervolume: 0.4 }, { hypervolume: null }];
  assert.equal(leading(studies, ["A", "B", "C"]), "A, B share the largest hypervolume: 40.0\u00a0%");
  assert.equal(leading([{ hypervolume: 0.4 }, { hypervolume: 0.41 }], ["A", "B"]), "The largest hypervolume is that of B: 41.0\u00a0%");
  assert.equal(leading([{ hypervolume: null }], ["A"]), "");
});

test("the picker finds by every word and leaves out what is chosen", () => {
  const choice = (id, name, seed) => ({ id, name, seed, data: "digits", owner: "ada", state: "succeeded", created: "" });
  const all = [choice("1", "Quick look", 0), choice("2", "Quick look", 3), choice("3", "Long", 3)];
  assert.deepEqual(matching(all, "quick seed 3", []).map((found) => found.id), ["2"]);
  assert.deepEqual(matching(all, "", ["2"]).map((found) => found.id), ["1", "3"]);
});

test("signs and sentences", () => {
  assert.deepEqual([signed(1234.5), signed(-3), signed(0)], ["+1,234.5", "−3", "0"]);
  const words = sentence(waterfall(one, other), "A", "B", 26, 49, "image");
  assert.equal(words, "From A (26) to B (49): +23 spikes per image, the largest share in layer 2 (+30). The layers sum to the difference.");
  assert.match(sentence(waterfall(one, one), "A", "A", 26, 26, "image"), /0 spikes per image; every layer fires the same/);
});

const page = () => {
  globalThis.document = new JSDOM("<div id=place></div>").window.document;
  return document.getElementById("place");
};
const network = (rows, name) => ({ ...rows, name, accuracy: 0.8, spikes: total(rows), parameters: 7, tag: "validation, supernet", sample: "image" });

test("strips mark what is not as in the first", () => {
  const place = page();
  renderStrips(place, [network(one, "a"), network(other, "b")], ["A", "<b>B"]);
  assert.deepEqual([...place.querySelectorAll(".gene[data-changed]")].map((cell) => cell.textContent), ["R5", "C3"]);
  assert.deepEqual([...place.querySelectorAll("th.differs")].map((cell) => cell.textContent), ["1", "2"]);
  assert.match(place.textContent, /They differ in layer 1, 2/);
  assert.equal(place.querySelector("tbody b"), null); // a hostile name is text
});

test("the waterfall is a table whose rows say the numbers", () => {
  const place = page();
  const changes = [];
  renderWaterfall(place, [network(one, "a"), network(other, "b")], ["A", "B"], { from: 0, to: 1 }, (change) => changes.push(change));
  const lines = [...place.querySelectorAll("tbody tr")].map((tr) => [tr.children[0].textContent, tr.lastElementChild.textContent]);
  assert.deepEqual(lines, [["N, from", "26"], ["stem", "0"], ["1 SCB_k3 → SRB_k5", "−8"], ["2 skip_connect → SCB_k3", "+30"], ["output", "+1"], ["N, to", "49"]]);
  const select = place.querySelector("#waterfall-to");
  select.value = "0";
  select.dispatchEvent(new document.defaultView.Event("change"));
  assert.deepEqual(changes, [{ to: 0 }]);
  renderWaterfall(place, [network(one, "a")], ["A"], { from: 0, to: 1 }, () => {});
  assert.match(place.textContent, /Add a second architecture/);
});

test("only differing fields, or the sentence that there are none", () => {
  const place = page();
  const studies = [{ name: "A", seed: 0 }, { name: "B", seed: 0 }];
  renderDifferences(place, studies, [{ path: "search.fitness_lambda", values: ["-0.08", null] }]);
  assert.deepEqual([...place.querySelectorAll("tbody tr > *")].map((cell) => cell.textContent), ["search.fitness_lambda", "-0.08", "–"]);
  renderDifferences(place, studies, []);
  assert.match(place.textContent, /the same in every field except the name/);
});

test("where there is little room, searches on one supernet are told apart by what differs", () => {
  const study = (name, lambda, seed = 0) => ({ name, seed: 0, search_seed: seed, fitness_lambda: lambda });
  const family = [study("A long name of a study", -0.08), study("A long name of a study, λ = -0.16, seed 0", -0.16)];
  assert.deepEqual(labels(family), ["λ = −0.08", "λ = −0.16"]);
  assert.deepEqual(labels([family[0], study("A long name of a study, λ = -0.08, seed 7", -0.08, 7)]), ["seed 0", "seed 7"]);
  assert.deepEqual(labels([family[0], study("Other, λ = 0, seed 7", 0, 7)]), ["λ = −0.08, A long name of a st…", "λ = 0, Other"]);
  assert.deepEqual(labels([study("One", -0.08), study("Two", -0.08)]), ["One", "Two"]);
});
