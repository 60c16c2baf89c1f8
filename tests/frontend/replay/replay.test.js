// Replays of the recorded quick look: its scenes, what they say, a plot that only grows, and a player that keeps time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, mock, test } from "node:test";
import { JSDOM } from "jsdom";
import { initialState, reduce } from "../../../frontend/wire/state.js";

const log = readFileSync(new URL("../../../webapp/demo/quick_look.ndjson", import.meta.url), "utf8")
  .trim().split("\n").map((line) => JSON.parse(line)).map((event, i) => ({ seq: i + 1, time: "2026-11-24T00:00:00Z", event }));
const whole = log.reduce(reduce, initialState);
const { layers } = JSON.parse(readFileSync(new URL("../../../webapp/demo/quick_look.json", import.meta.url), "utf8")).network.macro;
const part = readFileSync(new URL("../../../webapp/templates/replay/stage.html", import.meta.url), "utf8");
globalThis.document = new JSDOM("").window.document; // modules make their first elements when they are loaded

const { pace, scenes, tell } = await import("../../../frontend/replay/scenes.js");
const { Player } = await import("../../../frontend/replay/player.js");
const { GrowingPlot, range } = await import("../../../frontend/replay/plot.js");
const { load } = await import("../../../frontend/replay/source.js");
const { Replayed } = await import("../../../frontend/replay/controls.js");

beforeEach(() => {
  const { window } = new JSDOM(`<main id="place">${part}</main>`, { pretendToBeVisual: true });
  Object.assign(globalThis, { document: window.document, HTMLElement: window.HTMLElement });
});
afterEach(() => mock.restoreAll());

test("the supernet, every generation, the winner", () => {
  assert.deepEqual(scenes(whole).map((scene) => scene.kind), ["begin", ...Array(8).fill("generation"), "winner"]);
  assert.deepEqual(scenes(initialState).map((scene) => scene.kind), ["begin"]);
});

test("every number says what it was measured on", () => {
  for (const scene of scenes(whole)) {
    const told = tell(whole, scene, "image");
    if (told.accuracy !== null) assert.match(told.tag, scene.kind === "winner" ? /^test, retrained$/ : /^validation, supernet$/);
  }
  const last = tell(whole, scenes(whole).at(-1), "image");
  assert.equal(last.accuracy, whole.finished.test_accuracy);
  assert.match(last.words, /on the test split .* spikes per image\. The search had estimated .* \(validation, supernet\)/);
});

test("a generation tells only what was known then", () => {
  const first = tell(whole, scenes(whole)[1], "image");
  assert.equal(first.count, "Generation 1 of 8");
  assert.match(first.words, /^10 evaluated, 10 in total/);
  const best = whole.candidates[whole.generations[0].best];
  assert.equal(first.architecture, best.architecture);
  assert.equal(best.generation, 0);
});

test("a study that has not begun has a scene too", () => {
  assert.match(tell(initialState, scenes(initialState)[0], "image").words, /has not begun/);
  const analysis = { ...initialState, phase: "analysis" };
  assert.match(tell(analysis, scenes(analysis)[0], "image").words, /no search to replay/);
});

test("short searches can be followed, long ones play within a minute", () => {
  assert.equal(pace(10, 1), 1600);
  assert.equal(pace(10, 4), 400);
  assert.ok(Math.abs(502 * pace(502, 1) - 60_240) < 300);
});

test("the player plays to the end, stops, and begins again", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  const player = new Player(() => seen.push([player.index, player.playing]));
  player.count = 3;
  player.play();
  assert.deepEqual(seen.at(-1), [0, true]);
  mock.timers.tick(1600);
  assert.deepEqual(seen.at(-1), [1, true]);
  mock.timers.tick(1600);
  assert.deepEqual(seen.at(-1), [2, false]);
  mock.timers.tick(10_000);
  assert.equal(player.index, 2);
  player.toggle();
  assert.deepEqual(seen.at(-1), [0, true]);
  player.pause();
  player.go(99);
  assert.deepEqual(seen.at(-1), [2, false]);
  player.go(-5);
  assert.equal(player.index, 0);
  mock.timers.reset();
});

test("axes never move, and dots appear with their generation", () => {
  const place = document.getElementById("place");
  const plot = new GrowingPlot(place, "image");
  const all = scenes(whole);
  plot.render(whole, all[1]);
  const axes = [...place.querySelectorAll(".axis")].map((text) => text.textContent).join();
  const shown = () => [...place.querySelectorAll("path.dots")].filter((path) => !path.classList.contains("later")).length;
  assert.equal(shown(), 1);
  plot.render(whole, all[5]);
  assert.equal(shown(), 5);
  assert.equal(place.querySelectorAll("path.dots.now").length, 1);
  plot.render(whole, all.at(-1));
  assert.equal(shown(), 8);
  assert.equal(place.querySelectorAll("path.won").length, 1);
  assert.equal([...place.querySelectorAll(".axis")].map((text) => text.textContent).join(), axes);
  const line = place.querySelector(".front-line").getAttribute("d");
  assert.equal(line.match(/[MV]/g).length, whole.generations.at(-1).front.length);
});

test("ranges by hand", () => {
  assert.deepEqual(range([100, 300]), { low: 50, high: 350, step: 50 });
  assert.equal(range([50, 99.5], 100).high, 100);
  assert.deepEqual(range([]).low, 0);
});

const answer = (events) => ({ ok: true, json: async () => ({ events, last_seq: log.length }) });

test("events are read page after page, each once", async () => {
  const asked = [];
  mock.method(globalThis, "fetch", async (url) => {
    asked.push(url);
    const after = Number(/after=(\d+)/.exec(url)[1]);
    return answer(log.slice(after, after + 20));
  });
  const state = await load("/events");
  assert.deepEqual(state, whole);
  assert.deepEqual(asked, [0, 20, 40].filter((n) => n < log.length).map((n) => `/events?after=${n}&limit=500`));
});

test("what cannot be read is said", async () => {
  mock.method(globalThis, "fetch", async () => { throw new TypeError("failed"); });
  await assert.rejects(load("/events"), /server cannot be reached/);
  mock.method(globalThis, "fetch", async () => ({ ok: false, status: 401 }));
  await assert.rejects(load("/events"), /Sign in again/);
});

test("a person who drags stops the playing and stays there; new generations do not move them", async () => {
  let known = 30;
  mock.method(globalThis, "fetch", async (url) => {
    const after = Number(/after=(\d+)/.exec(url)[1]);
    return { ...answer(log.slice(after, known)), json: async () => ({ events: log.slice(after, known), last_seq: known }) };
  });
  const place = document.getElementById("place");
  const replayed = new Replayed(place, { layers, sample: "image", events: "/events" });
  await replayed.more();
  replayed.player.play();
  const slider = place.querySelector("[data-range]");
  slider.value = "2";
  slider.dispatchEvent(new document.defaultView.Event("input"));
  assert.equal(replayed.player.playing, false);
  assert.equal(place.querySelector("[data-count]").textContent, "Generation 2 of 8");
  assert.equal(place.querySelector("[data-words]").getAttribute("aria-live"), "polite");
  assert.ok(place.querySelectorAll("[data-strip] .gene").length === 3);
  known = log.length;
  assert.equal(await replayed.more(), true);
  assert.equal(place.querySelector("[data-count]").textContent, "Generation 2 of 8");
  assert.equal(slider.max, "9");
  assert.equal(slider.getAttribute("aria-valuetext"), "Generation 2 of 8");
});
