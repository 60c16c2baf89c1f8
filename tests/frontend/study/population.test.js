// The virtual table, the panels' hold, linked highlighting and the inspector on a document.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { makeFrame } from "../../../frontend/study/frame.js";
import { Hover } from "../../../frontend/study/hover.js";
import { listen, sheet } from "../../../frontend/study/keys.js";
import { Panels } from "../../../frontend/study/panels.js";
import { filtered, sorted } from "../../../frontend/study/selection.js";
import { FIRST } from "../../../frontend/study/view.js";
import { initialState } from "../../../frontend/wire/state.js";
import { renderEffects } from "../../../frontend/study/panels/effects.js";
import { Inspector } from "../../../frontend/study/panels/inspector.js";
import { LambdaPanel } from "../../../frontend/study/panels/lambda.js";
import { LineageView } from "../../../frontend/study/panels/lineage.js";
import { Population } from "../../../frontend/study/panels/population.js";
import { renderQuality } from "../../../frontend/study/panels/quality.js";
import { Strips } from "../../../frontend/study/panels/strips.js";
import { renderTrust } from "../../../frontend/study/panels/trust.js";
import { renderVerdict } from "../../../frontend/study/panels/verdict.js";
import { candidate, CHOICES, CONFIG, LAYERS, OWN, upTo, whole } from "../recorded.js";

const template = readFileSync(new URL("../../../webapp/templates/studies/detail.html", import.meta.url), "utf8");
const SUMMARY = { id: "S", name: "A study", state: "running", space_size: 125, time_steps: 4, config: CONFIG, downloads: null };
const byId = (id) => document.getElementById(id);
const rows = () => [...document.querySelectorAll("#population tbody tr")];

/** Ten thousand candidates in 500 generations, fitter ones scattered among them. */
const many = Array.from({ length: 10_000 }, (_, id) => candidate(id, { generation: Math.floor(id / 20), fitness: ((id * 7919) % 10_007) / 10_007, spikes: 500 + ((id * 31) % 997) }));
const frameOf = (candidates, change = {}) => ({
  ...makeFrame({ ...initialState, candidates, averageSpikes: 1000, generations: [{ generation: 0, generations: 1, candidates, front: [], parents: [], best: 0 }] }, FIRST, CONFIG.search),
  candidates, current: candidates, ...change,
});

beforeEach(() => {
  const { window } = new JSDOM(`<body>${template}</body>`);
  globalThis.document = window.document;
  globalThis.window = window;
  globalThis.Element = window.Element;
  globalThis.HTMLElement = window.HTMLElement;
  globalThis.getComputedStyle = window.getComputedStyle.bind(window);
});

function population(selected = []) {
  return new Population(byId("population"), byId("population-words"), LAYERS, 10, { select: (id) => selected.push(id), sort: () => {} });
}

test("of 10,000 rows fewer than 100 are elements, wherever one scrolls; sorting and filtering take under 100 ms", () => {
  const table = population();
  const view = { ...FIRST, all: true };
  const frame = frameOf(many);
  table.render(frame, view, true);
  assert.ok(rows().length > 10 && rows().length < 100, `${rows().length}`);
  const best = [...many].sort((a, b) => b.fitness - a.fitness || a.id - b.id);
  assert.deepEqual(rows().slice(0, 5).map((row) => Number(row.dataset.id)), best.slice(0, 5).map((c) => c.id));
  table.table.scroller.scrollTop = 32 * 5_000;
  table.table.draw();
  assert.ok(rows().length < 100);
  assert.ok(rows().some((row) => Number(row.dataset.id) === best[5_000].id));
  assert.equal(rows()[0].getAttribute("aria-rowindex"), String(best.findIndex((c) => c.id === Number(rows()[0].dataset.id)) + 2));
  const took = (change) => {
    const times = Array.from({ length: 9 }, () => {
      const began = performance.now();
      const found = sorted(filtered(many, { ...view, ...change }, new Set()), { ...view, ...change }, frame.fitness);
      assert.ok(found.length > 0);
      return performance.now() - began;
    });
    return Math.min(...times);
  };
  assert.ok(took({ sort: "spikes", up: true }) < 100);
  assert.ok(took({ sort: "architecture", up: true }) < 100);
  assert.ok(took({ pattern: "S-*-S" }) < 100);
});

test("news keeps the first row in sight where it is; a person's sorting goes to the top of what they asked for", () => {
  const table = population();
  const view = { ...FIRST, all: true };
  table.render(frameOf(many.slice(0, 5_000)), view, true);
  table.table.scroller.scrollTop = 32 * 100 + 7;
  table.table.draw();
  const held = table.rows(frameOf(many.slice(0, 5_000)), view)[100].id;
  table.render(frameOf(many), view, false);
  assert.equal(table.rows(frameOf(many), view)[(table.table.scroller.scrollTop - 7) / 32].id, held);
});

test("a live update keeps the rows a person holds and marks the selected one", () => {
  const chosen = [];
  const table = population(chosen);
  const first = upTo("generation_finished").generations[0].candidates;
  const view = { ...FIRST, selected: first[1].id };
  const frame = frameOf(first.slice(0, 3), { estimating: true, best: first[0], frontIds: new Set([first[0].id]) });
  table.render(frame, view, false);
  const held = document.querySelector(`#population tr[data-id="${first[1].id}"]`);
  table.render(frameOf(first, { best: first[0] }), view, false);
  assert.equal(document.querySelector(`#population tr[data-id="${first[1].id}"]`), held);
  assert.ok(held.hasAttribute("data-selected"));
  assert.equal(rows().length, first.length);
  held.click();
  assert.deepEqual(chosen, [first[1].id]);
  const stored = frameOf(first, { best: first[0] });
  const order = table.rows(stored, view).map((c) => c.id);
  assert.equal(table.beside(stored, view, 1).id, order[order.indexOf(first[1].id) + 1]);
  assert.equal(table.beside(stored, { ...view, selected: order[4] }, 1).id, order[5], "a selection that is not drawn yet counts");
  const bySpikes = { ...view, sort: "spikes", up: true, selected: null };
  assert.equal(table.beside(stored, bySpikes, 1).id, [...first].sort((a, b) => a.spikes - b.spikes || a.id - b.id)[0].id, "so does an order that is not drawn yet");
});

test("a bad pattern is named, with an example", () => {
  population().render(frameOf(many), { ...FIRST, pattern: "R5-(" }, true);
  assert.match(byId("population-words").textContent, /“R5-\(” is no pattern: .*R5-\*-S/);
});

test("while a row is held news waits and a chip says so; a person's own wish is drawn at once", () => {
  const element = byId("strips-panel");
  const drawn = [];
  let held = true;
  const panels = new Panels([{ element, draw: (_, person) => drawn.push(person), held: () => held }], () => {});
  panels.turn("live");
  const chip = element.querySelector(".news");
  panels.draw({}, false, true);
  assert.deepEqual(drawn, []);
  assert.ok(!chip.hidden);
  panels.draw({}, true, true);
  assert.deepEqual(drawn, [true]);
  assert.ok(chip.hidden);
  held = false;
  panels.draw({}, false, true);
  assert.deepEqual(drawn, [true, false]);
  panels.turn("log");
  assert.ok(element.hidden && !byId("log-panel").hidden);
});

test("one candidate is lit everywhere it is shown, by pointer and by focus", () => {
  const strips = new Strips(byId("strips"), byId("strips-words"), LAYERS, () => {});
  const table = population();
  const frame = makeFrame(whole, FIRST, CONFIG.search);
  strips.render(frame, null);
  table.render(frame, FIRST, true);
  const hover = new Hover();
  const heard = [];
  hover.listen((id) => heard.push(id));
  hover.follow(document.body);
  const id = frame.current[2].id;
  const lit = () => [...document.querySelectorAll("[data-lit]")];
  document.querySelector(`#strips [data-id="${id}"]`).dispatchEvent(new window.Event("pointerover", { bubbles: true }));
  assert.ok(lit().length >= 2 && lit().every((element) => element.dataset.id === String(id)));
  document.querySelector(`#population tr[data-id="${id}"] button`).focus();
  assert.ok(lit().some((element) => element.tagName === "TR"));
  document.querySelector(`#population tr[data-id="${id}"] button`).blur();
  assert.equal(lit().length, 0);
  assert.deepEqual(heard, [id, null]);
});

test("λ panel: a row a member of the front, its λ, and what is best under a budget", () => {
  const changes = [];
  const panel = new LambdaPanel(LAYERS, OWN, { show: (change) => changes.push(change), select: () => {} });
  const frame = makeFrame(whole, FIRST, CONFIG.search);
  panel.render(frame, { ...FIRST, budget: frame.front[1].spikes });
  assert.equal(byId("front-table").children.length, frame.front.length);
  assert.match(byId("budget-words").textContent, new RegExp(`^#${frame.front[1].id} `));
  assert.equal(document.querySelectorAll("#front-table .tag").length >= 2, true);
  assert.equal(byId("lambda-value").textContent, "λ = −0.08");
  panel.slider.value = "-0.2";
  panel.slider.dispatchEvent(new window.Event("input"));
  panel.slider.value = "-0.081";
  panel.slider.dispatchEvent(new window.Event("input"));
  assert.deepEqual(changes, [{ lambda: -0.2 }, { lambda: null }]);
});

test("lineage, effects, quality, trust and verdict say what they show", () => {
  const frame = makeFrame(whole, FIRST, CONFIG.search);
  const child = whole.candidates.find((c) => c.origin === "crossover" && c.changed.length) ?? whole.candidates.find((c) => c.parents.length);
  const selected = [];
  new LineageView(byId("lineage-picture"), byId("lineage-words"), byId("lineage-title"), (id) => selected.push(id)).render(whole.candidates, child);
  const node = document.querySelector(`#lineage-picture [data-id="${child.id}"]`);
  assert.equal(node.querySelectorAll(".changed").length, child.changed.length);
  assert.equal([...node.querySelectorAll(".letter")].map((letter) => letter.textContent).join("-"), child.architecture);
  node.dispatchEvent(new window.KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  assert.deepEqual(selected, [child.id]);
  renderEffects(byId("effects"), frame, CHOICES);
  assert.ok(document.querySelectorAll("#effects tbody tr").length <= 15);
  renderQuality(byId("quality"), whole, frame);
  assert.equal(document.querySelectorAll("#quality polyline").length, 2);
  renderTrust(byId("trust"), whole, SUMMARY);
  assert.match(byId("trust").textContent, /“Rank correlation: networks to retrain” of 3 or more/);
  renderVerdict(byId("verdict"), whole, SUMMARY);
  assert.match(byId("verdict").textContent, /^Winner.*test, retrained/);
  renderVerdict(byId("verdict"), initialState, SUMMARY);
  assert.match(byId("verdict").textContent, /125 architectures, none evaluated yet/);
  renderVerdict(byId("verdict"), initialState, { ...SUMMARY, state: "cancelled" });
  assert.equal(byId("verdict").textContent, "125 architectures, none evaluated.");
  const strips = new Strips(byId("strips"), byId("strips-words"), LAYERS, () => {});
  strips.render(makeFrame(initialState, FIRST, CONFIG.search), null);
  assert.equal(byId("strips-words").textContent, "none yet");
});

test("an architecture the search has not evaluated: every stage has its words", () => {
  const asked = [];
  const inspector = new Inspector(byId("inspector"), SUMMARY, [], { select: () => {}, show: () => {}, ask: (code) => asked.push(code), again: () => {} });
  const words = (inspection, ready = true) => {
    inspector.render({ architecture: "S-S-C3", inspection, ready }, initialState, false);
    return byId("inspector").textContent;
  };
  const line = (state, reason = "", result = null) => ({ id: "u", architecture: "S-S-C3", state, reason, result });
  assert.match(words(null, false), /after supernet training/);
  assert.match(words(null), /has not evaluated/);
  byId("evaluate").click();
  assert.deepEqual(asked, ["S-S-C3"]);
  assert.match(words(line("waiting")), /Waiting for a worker/);
  assert.match(words(line("running")), /Being evaluated/);
  assert.match(words(line("failed", "the worker ran out of memory")), /could not be evaluated: the worker ran out of memory/);
  assert.match(words(line("done", "", { accuracy: 0.9, spikes: 1234, firing_rate: 0.1, fitness: 0.91, parameters: 5 })), /Evaluated manually.*90\.0\u00a0%.*belongs to no generation/);
});

test("keys do what the sheet says, but not while one types", () => {
  const run = [];
  const commands = [{ keys: ["["], does: "back", run: () => run.push("[") }, { keys: [" "], does: "play", run: () => run.push(" ") }];
  sheet(commands);
  listen(commands);
  assert.deepEqual([...byId("keys").querySelectorAll("kbd")].slice(0, 2).map((key) => key.textContent), ["[", "space"]);
  const press = (key, target = document.body) => target.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press("[");
  press("[", byId("f-pattern"));
  press(" ", byId("csv"));
  press(" ");
  assert.deepEqual(run, ["[", " "]);
});
