// The winner in other formats: a button where it can be, why not where it cannot, followed until it is made.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { Exports, proof } from "../../../../frontend/study/panels/exports.js";

const REPORT = { flips: 2, compared: 14480624, flipped_answers: 0, samples: 359, float64_flips: 0, smallest_margin: 4.93e-8, accuracy: 0.98886, spikes: 4499.29, interpreter: "SpikingJelly's importer of NIR" };
const FORMATS = [
  { to: "nir", label: "NIR", holds: "the graph", obstacles: ["network.neuron.reset: soft"] },
  { to: "onnx", label: "ONNX", holds: "two graphs", obstacles: [] },
];
const one = (state, rest = {}) => ({ id: "u", to: "onnx", state, reason: "", report: null, file: null, ...rest });

function opened(answers) {
  globalThis.document = new JSDOM("<div></div>").window.document;
  const world = { asked: [], timers: [] };
  const browser = {
    send: (method, url, body) => {
      world.asked.push([method, url, body]);
      return Promise.resolve(answers.shift());
    },
    later: (run) => world.timers.push(run),
  };
  world.panel = new Exports("S", browser);
  const text = (row, part) => row.querySelector(part)?.textContent ?? "";
  world.cells = () => [...world.panel.element.querySelectorAll("li")].map((row) => [text(row, "h3"), text(row, "span"), text(row, "p"), text(row, "button")]);
  world.settle = () => new Promise((resolve) => setImmediate(resolve));
  world.tick = async () => {
    for (const run of world.timers.splice(0)) run();
    await world.settle();
  };
  return world;
}

test("a format that cannot be has its reason and no button", async () => {
  const world = opened([{ status: 200, data: { formats: FORMATS, exports: [] } }]);
  await world.panel.load();
  assert.deepEqual(world.cells(), [
    ["NIR", "the graph", "Not possible: network.neuron.reset: soft", ""],
    ["ONNX", "two graphs", "", "Make"],
  ]);
  assert.equal(world.panel.element.querySelectorAll("button").length, 1);
});

test("an export is followed until it is made, also past an outage, and then offered with its proof", async () => {
  const world = opened([
    { status: 200, data: { formats: FORMATS, exports: [] } },
    { status: 201, data: one("waiting") },
    { status: 0, data: {} },
    { status: 200, data: one("running") },
    { status: 200, data: one("done", { report: REPORT, file: "/f" }) },
  ]);
  await world.panel.load();
  world.panel.element.querySelector("button").click();
  await world.settle();
  assert.deepEqual(world.asked[1], ["POST", "/api/studies/S/exports", { to: "onnx" }]);
  assert.equal(world.cells()[1][2], "waiting …");
  await world.tick();
  await world.tick();
  assert.equal(world.cells()[1][2], "being made and compared …");
  await world.tick();
  assert.equal(world.cells()[1][2], proof(REPORT));
  assert.equal(world.panel.element.querySelector("a.button").getAttribute("href"), "/f");
  assert.equal(world.timers.length, 0);
});

test("what does not agree is not offered, and may be tried again; a refusal is told", async () => {
  const failed = one("failed", { reason: "3 of 9 spikes differ in float64; none may" });
  const world = opened([{ status: 200, data: { formats: FORMATS, exports: [failed] } }, { status: 422, data: { problems: [{ field: "to", message: "no" }] } }]);
  await world.panel.load();
  assert.deepEqual(world.cells()[1].slice(2), ["Not offered: 3 of 9 spikes differ in float64; none may", "Try again"]);
  assert.equal(world.panel.element.querySelector("a.button"), null);
  world.panel.element.querySelector("button").click();
  await world.settle();
  assert.equal(world.panel.element.querySelector(".problem").textContent, "no");
});

test("the proof in words", () => {
  assert.equal(
    proof(REPORT),
    "2 of 14,480,624 spikes differ, 0 in float64, 0 of 359 answers; accuracy 98.9\u00a0%, N 4,499.29; smallest margin 4.9·10⁻⁸ (SpikingJelly's importer of NIR)",
  );
  assert.match(proof({ ...REPORT, float64_flips: null, accuracy: null, smallest_margin: 0 }), /differ, 0 of 359 answers; N 4,499\.29; smallest margin 0 /);
});
