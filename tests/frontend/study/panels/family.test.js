// The searches on one supernet, and the form that begins more of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { compareUrl, drawFamily, showFamily } from "../../../../frontend/study/panels/family.js";
import { numbersOf, SearchAgain } from "../../../../frontend/study/panels/search_again.js";

const template = readFileSync(new URL("../../../../webapp/templates/studies/detail.html", import.meta.url), "utf8");
const member = (id, change) => ({
  id, url: `/studies/${id}`, name: `Study ${id}`, state: "succeeded", algorithm: "evolution", lambda: -0.08, seed: 0, forked_at: 0,
  generation: 8, generations: 8, fitness: 0.91234, best: { architecture: "R5-S", accuracy: 0.9, spikes: 1234, tag: "validation, supernet" }, ...change,
});
const summary = { id: "S", name: "Tiny", config: { retrain: { epochs: 2 } } };
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
