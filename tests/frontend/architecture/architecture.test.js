// The parts of an architecture's page that compute: tensors, ledgers, rasters, maps, votes, and the URL.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { byClass } from "../../../frontend/architecture/activity.js";
import { blockName, rowName, shapeName } from "../../../frontend/architecture/blocks.js";
import { top } from "../../../frontend/architecture/compare.js";
import { binsOfCounts, binsOfTally } from "../../../frontend/architecture/histogram.js";
import { Inspections } from "../../../frontend/architecture/inspections.js";
import { account } from "../../../frontend/architecture/ledger.js";
import { columns, frame, mosaic } from "../../../frontend/architecture/maps.js";
import { pool, tally } from "../../../frontend/architecture/raster.js";
import { words } from "../../../frontend/architecture/status.js";
import { Bits, readTensors } from "../../../frontend/architecture/tensors.js";
import { readView, writeView } from "../../../frontend/architecture/view.js";
import { decidedWords, ranking, verdict } from "../../../frontend/architecture/votes.js";
import { decodeMap } from "../../../frontend/charts/heatmap.js";
import { elementsOf } from "../../../frontend/domain/blocks.js";
import { ELEMENTS } from "../facts.js";

const events = readFileSync(new URL("../../fixtures/quick_look.ndjson", import.meta.url), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const started = events.find((event) => event.kind === "study_started");
const candidates = events.flatMap((event) => (event.kind === "generation_finished" ? event.candidates : []));
const rowsOf = (architecture) => {
  const counted = elementsOf(ELEMENTS, architecture);
  return started.layers.map((layer, i) => ({ name: layer.name, block: layer.kind, shape: [layer.channels, layer.height, layer.width], sites: counted[i], parameters: 0, macs: 0 }));
};

/** A safetensors file as engine writes it. */
function safetensors(tensors) {
  let at = 0;
  const header = {};
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, (at += bytes.length)] };
  }
  let text = JSON.stringify({ __metadata__: { a: "b" }, ...header });
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const file = new Uint8Array(8 + text.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(new TextEncoder().encode(text), 8);
  let place = 8 + text.length;
  for (const { bytes } of Object.values(tensors)) {
    file.set(bytes, place);
    place += bytes.length;
  }
  return file.buffer;
}

/** Spikes given as text, one line a time step, as packed bits. */
function bits(lines, shape) {
  const stride = Math.ceil(lines[0].length / 8);
  const values = new Uint8Array(stride * lines.length);
  lines.forEach((line, t) => [...line].forEach((c, n) => (values[t * stride + (n >> 3)] |= Number(c) << (7 - (n & 7)))));
  return new Bits({ shape: [lines.length, stride], values }, shape);
}

test("tensors are read by name, type and place, also where they lie unaligned", () => {
  const floats = new Uint8Array(new Float32Array([0.5, -1.5]).buffer);
  const found = readTensors(safetensors({ bits: { dtype: "U8", shape: [3], bytes: new Uint8Array([1, 2, 3]) }, rates: { dtype: "F32", shape: [1, 2], bytes: floats } }));
  assert.deepEqual([...found.keys()], ["bits", "rates"]);
  assert.deepEqual([...found.get("rates").values], [0.5, -1.5]);
  assert.deepEqual(found.get("rates").shape, [1, 2]);
  const wide = new Uint8Array(new BigInt64Array([2n ** 40n]).buffer);
  assert.equal(readTensors(safetensors({ ledger: { dtype: "I64", shape: [1], bytes: wide } })).get("ledger").values[0], 2 ** 40);
});

test("tensors that could not be loaded are asked for again, those that could are not", async (t) => {
  const file = safetensors({ rates: { dtype: "F32", shape: [1], bytes: new Uint8Array(new Float32Array([0.5]).buffer) } });
  const answers = [new Response("", { status: 503 }), new Response(file)];
  const asked = t.mock.method(globalThis, "fetch", async () => answers.shift());
  const inspections = new Inspections("S", "S-C3", () => {});
  const found = { id: "u", data: "/tensors/u" };
  assert.equal(await inspections.tensors(found), null);
  assert.deepEqual([...(await inspections.tensors(found)).keys()], ["rates"]);
  await inspections.tensors(found);
  assert.equal(asked.mock.callCount(), 2);
});

test("the first neuron is the highest bit, and a tally counts every neuron once", () => {
  const layer = bits(["1000000001", "1100000001"], [1, 2, 5]);
  assert.deepEqual([0, 1, 9].map((n) => layer.fired(0, n)), [1, 0, 1]);
  assert.deepEqual([...layer.counts()], [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  assert.deepEqual(tally([layer, bits(["1", "0"], [1, 1, 1])]), [7, 2, 2]);
});

test("a raster pools neighbouring neurons, and the shares of a short last line are of its own neurons", () => {
  const layer = bits(["11100", "00001"], [5, 1, 1]);
  assert.deepEqual([...pool([layer], 5).shares], [1, 0, 1, 0, 1, 0, 0, 0, 0, 1]);
  const pooled = pool([layer], 3);
  assert.deepEqual([pooled.perLine, pooled.lines], [2, 3]);
  assert.deepEqual([...pooled.shares], [1, 0, 0.5, 0, 0, 1]);
});

test("feature maps stand side by side, one pixel apart; the output has one line a class", () => {
  const colours = { ground: [1, 1, 1], spike: [9, 9, 9], gap: [5, 5, 5] };
  const layer = bits(["0110"], [4, 1, 1]);
  const { pixels, width, height } = mosaic(layer, 0, colours);
  assert.deepEqual([width, height, columns(4, 1, 1)], [3, 3, 2]);
  const at = (x, y) => pixels[4 * (y * width + x)];
  assert.deepEqual([at(0, 0), at(1, 0), at(2, 0), at(0, 2), at(2, 2)], [1, 5, 9, 9, 1]);
  const votes = mosaic(layer, 0, colours, 2);
  assert.deepEqual([votes.width, votes.height], [2, 2]);
});

test("an input frame is grey, in colour, or OFF and ON; a still image is the same at every step", () => {
  const colours = { ground: [0, 0, 0], spike: [], gap: [], on: [0, 0, 200], off: [200, 0, 0] };
  const grey = frame({ shape: [1, 1, 1, 2], values: new Float32Array([-1, 1]) }, 3, colours);
  assert.deepEqual([...grey.pixels], [0, 0, 0, 255, 255, 255, 255, 255]);
  const events = { shape: [2, 2, 1, 1], values: new Float32Array([4, 0, 0, 4]) };
  assert.deepEqual([...frame(events, 0, colours).pixels.slice(0, 3)], [200, 0, 0]);
  assert.deepEqual([...frame(events, 1, colours).pixels.slice(0, 3)], [0, 0, 200]);
});

test("a ledger's whole spikes sum exactly to N times the images, for every candidate of the recorded study", () => {
  for (const candidate of candidates) {
    const found = account(decodeMap(candidate.spike_map, started.time_steps), rowsOf(candidate.architecture), started.validation_samples);
    assert.equal(found.spikes, candidate.spikes);
    assert.equal(found.lines.reduce((sum, line) => sum + line.spikes, 0), candidate.spikes);
    assert.equal(found.whole, Math.round(candidate.spikes * started.validation_samples));
    assert.equal(found.lines.reduce((sum, line) => sum + line.whole, 0), found.whole);
  }
});

test("whole spikes are not claimed where float32 cannot tell them", () => {
  const map = { rows: 1, steps: 1, values: new Float32Array([123456.7]) };
  assert.equal(account(map, [{ name: "stem", block: "conv", shape: [1, 1, 1], sites: 1, parameters: 0, macs: 0 }], 50_000).whole, null);
  assert.equal(account(map, rowsOf(candidates[0].architecture).slice(0, 1), null).whole, null);
});

test("networks that are compared share one scale, the highest cell of all", () => {
  const [a, b] = candidates.slice(0, 2).map((c) => ({ architecture: c.architecture, map: decodeMap(c.spike_map, started.time_steps), tag: "", title: "" }));
  const highest = Math.max(...a.map.values, ...b.map.values);
  const page = { output_elements: ELEMENTS };
  assert.equal(top(page, [a, b], false), highest);
  assert.equal(top(page, [b, a], false), highest);
  assert.ok(top(page, [a, b], true) <= 1);
});

test("spikes by class sum to all spikes", () => {
  const ledger = { shape: [2, 1, 3], values: new Int32Array([1, 2, 3, 10, 20, 30]) };
  assert.deepEqual(byClass(ledger, [1, 2, 0]), [{ total: 11, perImage: 11 }, { total: 22, perImage: 11 }, { total: 33, perImage: 0 }]);
});

const sample = { class_names: ["cat", "dog", "owl"], label: 1, decisions: [null, 0, 1, 1], decided_at: 3, prediction: 1 };
test("votes are ranked, and verdicts say right, wrong, or no answer", () => {
  const rates = { shape: [2, 3], values: new Float32Array([0.1, 0.3, 0.3, 0, 0, 0]) };
  assert.deepEqual(ranking(rates, 0).map(({ c }) => c), [1, 2, 0]);
  assert.match(verdict(sample, 0), /no output has fired yet/);
  assert.equal(verdict(sample, 1), "After step 2: cat (wrong, it is dog).");
  assert.equal(verdict(sample, 2), "After step 3: dog (right).");
  assert.match(decidedWords(sample), /^Decided at t = 3/);
  assert.match(decidedWords({ ...sample, decided_at: null }), /never fires/);
});

const page = { rows: [{}, {}, {}], time_steps: 4, retrained: null, trained: { supernet: "", samples: { validation: 10, test: 5 } } };
test("the URL holds what the page shows, and what it cannot mean is left out", () => {
  const view = { weights: "supernet", split: "validation", sample: 7, layer: 2, t: 1, perNeuron: true, beside: "S-C3" };
  const query = writeView(view, page);
  assert.equal(query, "?sample=7&layer=2&t=1&scale=neuron&with=S-C3");
  assert.deepEqual(readView(query, page), view);
  const plain = { weights: "supernet", split: "validation", sample: null, layer: 0, t: 4, perNeuron: false, beside: "" };
  assert.deepEqual(readView("?sample=10&layer=3&t=99&weights=retrained&split=lies", page), plain);
  assert.equal(writeView(plain, page), "");
  const won = { ...page, retrained: {} };
  assert.deepEqual(readView("?weights=retrained&sample=5", won), { ...plain, weights: "retrained", split: "test" });
  assert.equal(readView("", { ...won, trained: { ...won.trained, supernet: "none here" } }).weights, "retrained");
});

test("rates are binned without the silent, and layers have names for people", () => {
  assert.deepEqual(binsOfTally([5, 2, 1]), [{ from: 0, to: 0.5, count: 2 }, { from: 0.5, to: 1, count: 1 }]);
  assert.deepEqual(binsOfCounts([3, 4])[1], { from: 0.5, to: 1, count: 4 });
  assert.equal(rowName({ name: "2", block: "max_pool" }), "2 (max-pool 2×2)");
  assert.equal(rowName({ name: "3", block: "SIB_k3_e6" }), "3 (I3x6)");
  assert.equal(rowName({ name: "stem", block: "conv" }), "stem");
  assert.equal(blockName({ block: "skip_connect" }), "S");
  assert.deepEqual([shapeName([16, 8, 8]), shapeName([100, 1, 1])], ["16 × 8 × 8", "100"]);
});

test("a question's state is words with a number", () => {
  assert.equal(words({ state: "waiting", reason: "", ahead: 3 }), "Waiting for the worker; 3 before this one");
  assert.equal(words({ state: "waiting", reason: "", ahead: 0 }), "Waiting for the worker; next in the queue");
  assert.equal(words({ state: "failed", reason: "no memory" }), "It failed: no memory.");
});
