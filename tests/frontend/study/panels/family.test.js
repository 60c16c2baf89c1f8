// The searches on one supernet, the form that begins more of them, and an architecture trained from scratch later.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { compareUrl, drawFamily, showFamily } from "../../../../frontend/study/panels/family.js";
import { retrainForm } from "../../../../frontend/study/panels/retrain.js";
import { renderTrust } from "../../../../frontend/study/panels/trust.js";
import { numbersOf, SearchAgain } from "../../../../frontend/study/panels/search_again.js";

const template = readFileSync(new URL("../../../../webapp/templates/studies/detail.html", import.meta.url), "utf8");
const member = (id, change) => ({
  id, url: `/studies/${id}`, name: `Study ${id}`, state: "succeeded", algorithm: "evolution", lambda: -0.08, seed: 0, forked_at: 0,
  generation: 8, generations: 8, fitness: 0.91234, best: { architecture: "R5-S", accuracy: 0.9, spikes: 1234, tag: "validation, supernet" }, ...change,
});
const summary = { id: "S", name: "Tiny", config: { retrain: { epochs: 2 } } };
const empty = { trainings: [], analysed: null, finished: null };
const byId = (id) => document.getElementById(id);
let sent = [];
let answer = { status: 201, data: { studies: 1, url: "/studies/N" } };

beforeEach(() => {
  globalThis.document = new JSDOM(`<body>${template}</body>`).window.document;
  globalThis.location = { assign: (url) => sent.push(url) };
  sent = [];
  globalThis.fetch = async (url, options) => {
    if (options?.body) sent.push([url, JSON.parse(options.body)]);
    return { ok: true, status: answer.status, headers: new Map([["Content-Type", "application/json"]]), json: async () => answer.data };
  };
});
const settled = () => new Promise((done) => setImmediate(done));
const submit = () => byId("search-again").dispatchEvent(new document.defaultView.Event("submit", { cancelable: true }));

test("each search stands in a row with what it found", () => {
  const place = document.createElement("div");
  place.append(...drawFamily([member("S", { forked_at: null }), member("A", { lambda: -0.16, seed: 3, generation: 2, fitness: null, best: null, state: "running" })], "S"));
  const cells = [...place.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent.trim().replace(/\s/gu, " ")));
  assert.deepEqual(cells[0], ["Study S, this one", "−0.08", "0", "succeeded", "8 of 8", "0.9123", "R5-S validation, supernet", "90.0 %", "1.23 k"]);
  assert.deepEqual(cells[1], ["Study A", "−0.16", "3", "running", "2 of 8", "–", "–", "–", "–"]);
  assert.equal(place.querySelector("a.button").getAttribute("href"), "/compare?s=S,A");
});

test("a comparison has this study and the newest of the others", () => {
  const many = [..."ABCDEFGHIJ"].map((id) => member(id));
  assert.equal(compareUrl(many, "B"), "/compare?s=B,D,E,F,G,H,I,J");
  assert.equal(compareUrl(many.slice(0, 2), "B"), "/compare?s=A,B");
});

test("a study alone on its supernet has no family", async () => {
  answer = { status: 200, data: { studies: [member("S")] } };
  const place = byId("family");
  await showFamily(place, "S");
  assert.deepEqual([place.hasAttribute("data-empty"), place.textContent], [true, ""]);
  answer.data.studies.push(member("A"));
  await showFamily(place, "S");
  assert.equal(place.hasAttribute("data-empty"), false);
});

test("numbers stand in a list with commas, with a true minus as well", () => {
  assert.deepEqual(numbersOf("0, −0.08,-0.16,"), [0, -0.08, -0.16]);
  assert.deepEqual(numbersOf(""), []);
  assert.equal(numbersOf("0; 1"), null);
});

test("the form has the slider's λ until a person writes there, and is offered where there is a supernet", () => {
  const form = new SearchAgain(summary, () => {});
  form.render(false, -0.08);
  assert.equal(byId("search-again-box").hidden, true);
  form.render(true, -0.1250001);
  assert.deepEqual([byId("search-again-box").hidden, byId("again-lambdas").value, byId("again-name").value], [false, "-0.125", "Tiny"]);
  byId("again-lambdas").value = "0, -0.3";
  byId("again-lambdas").dispatchEvent(new document.defaultView.Event("input"));
  form.render(true, -0.2);
  assert.equal(byId("again-lambdas").value, "0, -0.3");
});

test("one search is opened; several are told and looked for; a refusal is told by its field", async () => {
  let made = 0;
  const form = new SearchAgain(summary, () => (made += 1));
  answer = { status: 201, data: { studies: 1, url: "/studies/N" } };
  form.render(true, -0.2);
  submit();
  await settled();
  assert.deepEqual(sent, [["/api/studies/S/sweep", { name: "Tiny", lambdas: [-0.2], retrain: false }], "/studies/N"]);
  answer = { status: 201, data: { studies: 4, url: "/studies/N" } };
  byId("again-seeds").value = "0, 1";
  byId("again-retrain").checked = true;
  submit();
  await settled();
  assert.deepEqual(sent.at(-1)[1], { name: "Tiny", lambdas: [-0.2], seeds: [0, 1], retrain: true });
  assert.deepEqual([made, byId("again-done").textContent], [1, "4 searches are queued; they stand below."]);
  answer = { status: 422, data: { problems: [{ field: "search.fitness_lambda", message: "must be at most 0, got 1" }] } };
  submit();
  await settled();
  assert.equal(byId("again-problem").textContent, "search.fitness_lambda: must be at most 0, got 1");
  byId("again-seeds").value = "x";
  submit();
  await settled();
  assert.equal(byId("again-problem").textContent, "Seeds: numbers with commas between, such as 0, 1, 2.");
});

test("an architecture is retrained with as many seeds as asked for", async () => {
  const place = document.createElement("div");
  document.body.append(place);
  place.append(retrainForm(place, "S", "R5-S"));
  const form = place.querySelector("form");
  form.querySelector("input").value = "3";
  answer = { status: 201, data: { url: "/studies/N" } };
  form.dispatchEvent(new document.defaultView.Event("submit", { cancelable: true }));
  await settled();
  assert.deepEqual(sent, [["/api/studies/S/retrain", { architectures: ["R5-S"], seeds: 3 }]]);
  assert.equal(form.querySelector("a").getAttribute("href"), "/studies/N");
  answer = { status: 422, data: { problems: [{ field: "seeds", message: "must be 1 to 100, got 0" }] } };
  form.dispatchEvent(new document.defaultView.Event("submit", { cancelable: true }));
  await settled();
  assert.equal(form.querySelector(".problem").textContent, "seeds: must be 1 to 100, got 0");
});

test("what was retrained on request stands marked in the rank correlation, with the one of all together", () => {
  const place = byId("trust");
  const row = (architecture, estimate, accuracy) => ({ architecture, search_accuracy: estimate, seeds: [0, 1], test_accuracy: accuracy, deviation: 0.01, test_spikes: 1234 });
  const trust = { tau: -0.5, low: null, high: null, confidence: 0.95, n: 4 };
  const retrained = { studies: [{ id: "A", url: "/studies/A", name: "Later", state: "running" }], architectures: [row("R5-S", 0.8, 0.9), row("S-S", 0.7, 0.6), row("C3-C3", null, 0.5)], trust, note: "" };
  const own = { architecture: "R3-S", search_accuracy: 0.5, test_accuracy: 0.4 };
  renderTrust(place, { ...empty, trainings: [own] }, summary, retrained);
  assert.deepEqual([...place.querySelectorAll("circle")].map((dot) => dot.getAttribute("class")), ["dot", "dot later", "dot later"]);
  assert.match(byId("trust-later").textContent, /Later \(running\)\. With them Kendall's τ = −0\.50 \(n = 4\)\. They were chosen by a person/);
  const cells = [...place.querySelectorAll("tbody tr")].map((line) => [...line.children].map((cell) => cell.textContent.replace(/\s/gu, " ")));
  assert.deepEqual(cells[0], ["R5-S", "80.0 %", "90.0 % ± 1", "2", "1.23 k"]);
  assert.equal(cells[2][1], "not evaluated");
  renderTrust(place, empty, summary, { ...retrained, architectures: [], trust: null });
  assert.deepEqual([place.querySelectorAll("circle").length, place.querySelector("table")], [0, null]);
});
