// The views on a document: what each state says, what a live update leaves alone, and that names are text.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { initialState, reduce } from "../../../../frontend/wire/state.js";
import { renderCurves } from "../../../../frontend/charts/curves.js";
import { renderHeader } from "../../../../frontend/study/panels/header.js";
import { renderLog } from "../../../../frontend/study/panels/log.js";

const template = readFileSync(new URL("../../../../webapp/templates/studies/detail.html", import.meta.url), "utf8");
const log = readFileSync(new URL("../../../fixtures/quick_look.ndjson", import.meta.url), "utf8")
  .trim().split("\n").map((line) => JSON.parse(line)).map((event, i) => ({ seq: i + 1, time: "2026-01-01T00:00:00Z", event }));
const upTo = (kind, nth = 1) => {
  const places = log.flatMap((stored, i) => (stored.event.kind === kind ? [i] : []));
  return log.slice(0, places[nth - 1] + 1).reduce(reduce, initialState);
};
const summary = (change) => ({
  id: "S", name: "A study", state: "running", phase: "search", reason: "", request: "", progress: 0.5, seconds_left: 90,
  space_size: 3125, compute_seconds: 12, config: { search: { fitness_lambda: -0.08, generations: 8 } }, may_edit: true, ...change,
});
const text = (id) => document.getElementById(id).textContent;
const actions = () => [...document.querySelectorAll("#actions > [data-action]")].map((button) => button.dataset.action);

beforeEach(() => {
  globalThis.document = new JSDOM(`<body>${template}</body>`).window.document;
});

test("every state offers its actions, and only to who may use them", () => {
  const offered = { queued: ["pause", "cancel"], running: ["pause", "cancel"], paused: ["resume", "cancel"], failed: ["retry"], cancelled: [], succeeded: [] };
  for (const [state, wanted] of Object.entries(offered)) {
    renderHeader(summary({ state }), initialState, () => {});
    assert.deepEqual(actions(), wanted, state);
    assert.equal(text("state"), state);
    renderHeader(summary({ state, may_edit: false }), initialState, () => {});
    assert.deepEqual(actions(), []);
  }
});

test("a pause that was asked for can be taken back; a cancel cannot", () => {
  renderHeader(summary({ request: "pause" }), initialState, () => {});
  assert.deepEqual(actions(), ["resume", "cancel"]);
  assert.equal(text("asked"), "pausing at the next checkpoint");
  renderHeader(summary({ request: "cancel" }), initialState, () => {});
  assert.deepEqual(actions(), []);
});

test("cancel asks once more, in place, and can be taken back", () => {
  /** @type {string[]} */
  const asked = [];
  renderHeader(summary({}), initialState, (action) => asked.push(action));
  const cancel = () => document.querySelector("#actions > [data-action=cancel]");
  cancel().click();
  assert.equal(cancel().textContent, "Confirm cancel");
  assert.equal(document.activeElement, cancel());
  cancel().dispatchEvent(new document.defaultView.KeyboardEvent("keydown", { key: "Escape" }));
  assert.equal(cancel().textContent, "Cancel");
  assert.deepEqual(asked, []);
  cancel().click();
  cancel().click();
  assert.deepEqual(asked, ["cancel"]);
});

test("news takes no question out of a person's hands, and what waited is drawn when it is answered", () => {
  /** @type {string[]} */
  const asked = [];
  const act = (action) => asked.push(action);
  renderHeader(summary({}), upTo("generation_finished", 1), act);
  const pause = document.querySelector("#actions > [data-action=pause]");
  document.querySelector("#actions > [data-action=cancel]").click();
  const sure = document.activeElement;
  renderHeader(summary({}), upTo("generation_finished", 2), act);
  renderHeader(summary({ state: "paused" }), upTo("generation_finished", 2), act);
  assert.equal(document.activeElement, sure);
  assert.equal(sure.textContent, "Confirm cancel");
  pause.focus(); // looked elsewhere
  assert.deepEqual(actions(), ["pause", "cancel"]);
  renderHeader(summary({ state: "paused" }), upTo("generation_finished", 2), act);
  assert.deepEqual(actions(), ["resume", "cancel"]);
  document.querySelector("#actions > [data-action=cancel]").click();
  document.activeElement.click();
  renderHeader(summary({ state: "paused", request: "cancel" }), upTo("generation_finished", 2), act);
  assert.deepEqual(actions(), []);
  assert.deepEqual(asked, ["cancel"]);
});

test("the head says how far it is and how long it takes", () => {
  renderHeader(summary({}), upTo("generation_finished", 2), () => {});
  assert.equal(text("percent"), "50 %");
  assert.equal(text("doing"), "search: generation 2 of 8 is done; about 1 min 30 s left in total");
  assert.equal(document.querySelector("#phases [aria-current=step]").textContent, "Search");
});

test("a hostile reason is text", () => {
  renderHeader(summary({ state: "failed", reason: "<img src=x onerror=alert(1)>" }), initialState, () => {});
  assert.equal(document.querySelector("#reason img"), null);
  assert.ok(!document.getElementById("reason").hidden);
});

test("curves have a sentence and a table with every epoch", () => {
  const state = upTo("study_finished");
  const place = document.getElementById("retrain");
  renderCurves(place, state.retrain, { first: "training", second: "test, retrained" });
  assert.equal(place.querySelectorAll("tbody tr").length, state.retrain.length);
  assert.match(place.textContent, /on the test split \(test, retrained, dashed\)/);
  renderCurves(document.getElementById("supernet"), [], { first: "supernet" });
  assert.match(text("supernet"), /first finished epoch/);
});

test("the log holds every event once, newest first, and survives a kind it does not know", () => {
  const strange = { seq: log.length + 1, time: "2026-01-01T00:00:00Z", event: { kind: "from_the_future" } };
  const state = reduce(upTo("study_finished"), strange);
  const place = document.getElementById("log");
  renderLog(place, state);
  renderLog(place, state);
  assert.equal(place.children.length, log.length + 1);
  assert.match(place.firstElementChild.textContent, /from_the_future/);
});
