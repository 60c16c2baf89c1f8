// Presses that come before anything is drawn: each counts, for what it does follows from the view and not from the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { Player as SamplePlayer } from "../../frontend/architecture/player.js";
import { Player as EventPlayer } from "../../frontend/datasets/player.js";
import { differs, fold, forget, h } from "../../frontend/lib/dom.js";
import { initialState } from "../../frontend/wire/state.js";
import { isoCurves } from "../../frontend/charts/pareto_traces.js";
import { makeFrame } from "../../frontend/study/frame.js";
import { neighbour } from "../../frontend/study/selection.js";
import { FIRST } from "../../frontend/study/view.js";
import { renderAnalysis } from "../../frontend/study/panels/analysis.js";
import { Energy } from "../../frontend/study/panels/energy.js";
import { LambdaPanel } from "../../frontend/study/panels/lambda.js";
import { Timeline } from "../../frontend/study/panels/timeline.js";
import { CONFIG, LAYERS, OWN, whole } from "./recorded.js";

const template = (name) => readFileSync(new URL(`../../webapp/templates/${name}`, import.meta.url), "utf8");
const byId = (id) => document.getElementById(id);
const click = (...ids) => ids.forEach((id) => byId(id).click());

/** A page of its own for a test. @param {string} body */
function open(body) {
  const { window } = new JSDOM(`<body>${body}</body>`);
  Object.assign(globalThis, { document: window.document, window, Element: window.Element, HTMLElement: window.HTMLElement });
}

beforeEach(() => open(template("studies/detail.html")));

// ---- the timeline ----

/** A timeline over a view of so many generations. @param {number} total */
function timeline(total) {
  const view = { generation: /** @type {number | null} */ (null), speed: 1, total };
  const made = new Timeline({
    go: (generation) => (view.generation = generation), setSpeed: (speed) => (view.speed = speed),
    position: () => ({ shown: Math.min(view.generation ?? Infinity, view.total - 1), total: view.total }),
    live: () => view.generation === null, speed: () => view.speed,
  });
  const news = (count) => ({ ...initialState, generations: whole.generations.slice(0, count), candidates: whole.candidates });
  return { view, timeline: made, draw: () => made.render(news(view.total), true) };
}

test("every step counts before the slider has followed the first", () => {
  const { view, timeline: made, draw } = timeline(8);
  draw();
  for (const by of [-1, -1, -1, 1]) made.step(by);
  assert.equal(view.generation, 5);
  assert.equal(made.range.value, "7", "nothing is drawn yet");
  byId("back").disabled = byId("forward").disabled = false;
  click("back", "back", "forward");
  assert.equal(view.generation, 4);
});

test("the browser steps the slider from where the view stands, however late it is drawn", () => {
  const { timeline: made, draw } = timeline(8);
  draw();
  made.step(-1);
  made.step(-1);
  made.range.dispatchEvent(new window.KeyboardEvent("keydown", { key: "ArrowLeft" }));
  assert.equal(made.range.value, "5");
});

test("before anything is known there is nothing to step, play or scrub", () => {
  const { view, timeline: made } = timeline(0);
  made.step(1);
  made.play();
  made.go(3);
  assert.equal(view.generation, null);
  assert.equal(made.timer, null);
});

test("playing goes on from what was chosen meanwhile, at the speed that was, and ends at the newest generation", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { view, timeline: made, draw } = timeline(8);
  draw();
  made.step(-3);
  made.play();
  view.speed = 2;
  t.mock.timers.tick(900);
  assert.equal(view.generation, 5);
  t.mock.timers.tick(450);
  assert.equal(view.generation, 6, "the new speed holds from the next step on");
  for (let step = 0; step < 2; step++) t.mock.timers.tick(450);
  assert.equal(view.generation, null);
});

test("what came since a person left the newest generation counts as new, also what came before it was drawn", () => {
  const { view, timeline: made, draw } = timeline(5);
  draw();
  made.step(-1);
  view.total = 7;
  draw();
  assert.match(byId("live").textContent, /2 new$/);
  made.live();
  made.step(-1);
  draw();
  assert.doesNotMatch(byId("live").textContent, /new/);
});

test("the next in an order stops at its ends, and begins at its first", () => {
  const order = [{ id: 4 }, { id: 2 }, { id: 9 }];
  assert.deepEqual([1, 2, 3, -5].map((step) => neighbour(order, 2, step).id), [9, 9, 9, 4]);
  assert.equal(neighbour(order, 7, -1).id, 4);
  assert.equal(neighbour([], 7, 1), null);
});

test("the λ slider stands where the view does before the browser steps it, though it has the focus", () => {
  const view = { ...FIRST, lambda: -0.4 };
  const panel = new LambdaPanel(LAYERS, OWN, { show: () => {}, select: () => {}, view: () => view });
  panel.render(makeFrame(whole, view, CONFIG.search), view);
  panel.slider.focus();
  view.lambda = -0.2; // the way back leads there
  panel.slider.dispatchEvent(new window.KeyboardEvent("keydown", { key: "ArrowRight" }));
  assert.equal(Number(panel.slider.value), -0.2);
});

test("by an objective of one's own fitness is the stored one, whatever λ an address asks for", () => {
  const view = { ...FIRST, lambda: -0.4 };
  const frame = makeFrame(whole, view, { ...CONFIG.search, objective: "priced" });
  assert.equal(frame.rule.lambda, OWN);
  assert.deepEqual(frame.candidates.map(frame.fitness), whole.candidates.map((c) => c.fitness));
  assert.deepEqual(isoCurves(frame), []);
  const panel = new LambdaPanel(LAYERS, OWN, { show: () => {}, select: () => {}, view: () => view });
  panel.render(frame, view);
  assert.ok([...document.querySelectorAll("#front-table tr")].every((row) => row.textContent.includes("not computed")));
});

// ---- a sample on its way, and recorded events ----

test("a sample further with every press, and a time step with every tick, drawn or not", (t) => {
  open(template("studies/architecture.html"));
  const page = { time_steps: 4, trained: { samples: { validation: 10, test: 3 } } };
  const view = { weights: "supernet", split: "validation", sample: 0, layer: 0, t: 2, perNeuron: false, beside: "" };
  new SamplePlayer(page, () => view, (step) => (view.t = step), (change) => Object.assign(view, change)).show();
  const next = document.querySelector("[aria-label='The next sample']");
  for (let press = 0; press < 3; press++) next.click();
  assert.equal(view.sample, 3);
  document.querySelector("[aria-label='The sample before']").click();
  assert.equal(view.sample, 2);
  view.split = "test";
  for (let press = 0; press < 3; press++) next.click();
  assert.equal(view.sample, 2, "bounded by the split that is chosen, not by the one that is drawn");
  t.mock.timers.enable({ apis: ["setInterval"] });
  window.setInterval = globalThis.setInterval;
  click("play");
  view.t = 1; // the slider is not drawn here at all
  t.mock.timers.tick(700);
  assert.equal(view.t, 2);
});

test("play that is pressed three times before a frame plays once", async () => {
  open(`<canvas id="player"></canvas><div id="player-controls"></div><div id="player-words"></div>`);
  const frames = new Map();
  let asked = 0;
  const counts = new Uint16Array(8 * 2 * 4 * 4).buffer;
  const headers = new Map([["X-Events", "9"], ["X-Duration", "9"], ["X-Most", "1"]]);
  Object.assign(globalThis, {
    requestAnimationFrame: (run) => (frames.set(++asked, run), asked), cancelAnimationFrame: (id) => frames.delete(id),
    MutationObserver: window.MutationObserver, matchMedia: () => ({ addEventListener() {} }), getComputedStyle: () => ({ getPropertyValue: () => "#000" }),
    ImageData: class {}, fetch: async () => ({ ok: true, arrayBuffer: async () => counts, headers }),
  });
  const context = { fillRect() {}, putImageData() {}, getImageData: () => ({ data: new Uint8ClampedArray(4) }) };
  window.HTMLCanvasElement.prototype.getContext = () => context;
  const player = new EventPlayer({ id: "D", recordings: [0], report: { config: { image_size: 4 }, classes: ["right"] } });
  player.show();
  await new Promise(setImmediate);
  const frame = (now) => [...frames].forEach(([id, run]) => (frames.delete(id), run(now)));
  click("player-play", "player-play", "player-play");
  frame(0);
  assert.equal(player.scrub.value, "1");
  assert.equal(frames.size, 1);
  frame(10_000);
  assert.equal(player.scrub.value, "2");
  click("player-play");
  assert.equal(frames.size, 0);
  assert.match(byId("player").getAttribute("aria-label"), /^right, 1: time step 3 of 8/);
});

// ---- what is kept beside a page ----

test("a place is drawn when it is drawn from something else, or was forgotten; nothing of that stands in it", () => {
  const place = h("div");
  assert.deepEqual(["a", "a", "b", "a"].map((from) => differs(place, from)), [true, false, true, true]);
  forget(place);
  assert.ok(differs(place, "a"));
  assert.ok(differs(h("div"), "a"), "another place is another");
  assert.equal(place.attributes.length, 0);
});

test("details stay as a person left them, whatever comes before them or stands there meanwhile", () => {
  const place = h("div");
  place.replaceChildren(fold(place, "all", "All", "one"));
  place.querySelector("details").open = true;
  place.replaceChildren("loading");
  place.replaceChildren(fold(place, "paper", "Paper", "two"), fold(place, "all", "All of it", "three"));
  assert.deepEqual([...place.querySelectorAll("details")].map(({ open, textContent }) => [textContent, open]), [["Papertwo", false], ["All of itthree", true]]);
});

test("the table of an analysis that a person opened stays the open one when the paper's comes before it", () => {
  const place = h("div");
  const training = (number) => ({ number, trainings: 2, arm: "A", architecture: "S-S-S", seed: number, test_accuracy: 0.5, test_spikes: 9, firing_rate: 0.1, parameters: 5, search_accuracy: null });
  const summary = { config: { analysis: {} }, downloads: null };
  renderAnalysis(place, { ...initialState, trainings: [training(0)] }, summary);
  place.querySelector("details").open = true;
  const line = { row: "A", quantity: "spikes", unit: "a unit", paper: 1, here: 2, tag: "test" };
  renderAnalysis(place, { ...initialState, trainings: [training(0), training(1)], analysed: { arms: [], comparison: [line], trust: null, note: "" } }, summary);
  assert.deepEqual([...place.querySelectorAll("details")].map((one) => [one.querySelector("summary").textContent, one.open]), [["Comparison with the paper", false], ["Every network as a table", true]]);
});

test("energy: the answer to the last question is shown, whichever comes first; own costs begin at those that are chosen", async () => {
  const asked = [];
  const costs = { mac_pj: 4.6, ac_pj: 0.9, source: "one" };
  const models = { "float32-45nm": costs, "int8-45nm": { mac_pj: 0.2, ac_pj: 0.03, source: "two" } };
  const ledger = (tag) => ({ tag, basis: "", rows: [], spikes: 1, firing_rate: 0.1, macs: 1, acs: 1, energy_nj: 1, dense_ann_nj: 1, costs, models });
  globalThis.fetch = (url) => new Promise((done) => asked.push({ query: new URL(url, "http://studio").searchParams, answer: (tag) => done({ ok: true, status: 200, json: async () => ledger(tag) }) }));
  const arrived = () => new Promise(setImmediate);
  const energy = new Energy("S");
  document.body.append(energy.of(1));
  assert.equal(asked.length, 0, "it is closed");
  energy.element.open = true;
  energy.element.dispatchEvent(new window.Event("toggle"));
  energy.of(2);
  asked[1].answer("second");
  await arrived();
  asked[0].answer("first");
  await arrived();
  assert.match(energy.element.textContent, /second;/);
  const select = energy.element.querySelector("select");
  for (const name of ["int8-45nm", "own"]) {
    select.value = name;
    select.dispatchEvent(new window.Event("change"));
  }
  assert.equal(asked.at(-1).query.get("mac_pj"), "0.2");
});
