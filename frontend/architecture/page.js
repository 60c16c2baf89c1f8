// The page of one architecture: its numbers, its layers, where it spikes, and one sample on its way through it.

import { AddressBar } from "../lib/address_bar.js";
import { byId, differs, h, setText } from "../lib/dom.js";
import { exact, percent, short } from "../lib/format.js";
import { strip } from "../domain/genome.js";
import { pageData } from "../lib/http.js";
import { retrainForm } from "../study/panels/retrain.js";
import { Energy } from "../study/panels/energy.js";
import { decodeMap } from "../charts/heatmap.js";
import { renderActivity } from "./activity.js";
import { besideSelect, other, renderMaps } from "./compare.js";
import { renderDiagram } from "./diagram.js";
import { Inspections, keyOf } from "./inspections.js";
import { account, renderLedger } from "./ledger.js";
import { Player } from "./player.js";
import { renderStatus } from "./status.js";
import { readView, writeView } from "./view.js";
import { Walk } from "./walk.js";

/** @typedef {import("./inspections.js").Asked} Asked */
/** @typedef {import("./types.js").Weights} Weights */

/** @type {import("./types.js").Page} */
const page = pageData("data");
const view = readView(location.search, page);
const inspections = new Inspections(page.study.id, page.architecture, () => draw());
const walk = new Walk(page, (layer) => set({ layer }));
const energy = new Energy(page.study.id);
const player = new Player(page, now, (t) => set({ t }), (change) => void choose(change));
const address = new AddressBar(() => writeView(view, page));
let told = true;

/** The view with the sample it shows: the first that was looked into, where none is chosen. @returns {import("./player.js").Now} */
function now() {
  return { ...view, sample: view.sample ?? inspections.samples(view.weights, view.split)[0] ?? 0 };
}

/** @param {Partial<typeof view>} change */
function set(change) {
  Object.assign(view, change);
  address.changed();
  draw();
}

/** @param {Weights} weights @returns {{evaluated: import("./types.js").Evaluated, tag: string, samples: number, candidate: number | null} | null} */
function subject(weights) {
  if (weights === "retrained") {
    const found = page.retrained;
    const evaluated = found && { accuracy: found.test_accuracy, spikes: found.test_spikes, firing_rate: found.firing_rate, fitness: null, parameters: found.parameters, spike_map: found.spike_map };
    return evaluated && { evaluated, tag: "test, retrained", samples: page.trained.samples.test, candidate: null };
  }
  const evaluated = page.evaluated ?? inspections.get({ kind: "evaluation", weights, split: "validation" })?.result;
  return evaluated ? { evaluated, tag: "validation, supernet", samples: page.trained.samples.validation, candidate: page.evaluated?.number ?? null } : null;
}

/** @param {Weights} weights */
function shown(weights) {
  const found = subject(weights);
  return found && { architecture: page.architecture, map: decodeMap(found.evaluated.spike_map, page.time_steps), tag: found.tag, title: `${page.architecture}, ${weights}` };
}

/** What each part was last drawn from; a part is drawn anew when that changes. @type {Map<string, string>} */
const drawn = new Map();

/** @param {string} part @param {unknown[]} from */
function changed(part, from) {
  const key = from.join();
  const differs = drawn.get(part) !== key;
  drawn.set(part, key);
  return differs;
}

function draw() {
  offered.length = 0;
  drawHead();
  const own = shown(view.weights);
  const found = subject(view.weights);
  const lines = own && found ? account(own.map, page.rows, found.samples) : null;
  if (changed("diagram", [view.weights, view.layer, own !== null, byId("diagram").clientWidth])) renderDiagram(byId("diagram"), page, lines?.lines ?? null, view.layer, (layer) => set({ layer }));
  byId("spikes-panel").hidden = byId("ledger-panel").hidden = !own;
  if (own && lines && found) {
    void drawMaps(own);
    if (changed("ledger", [found.tag])) renderLedger(byId("ledger"), lines, found.samples, found.tag, page.spike_note);
    drawEnergy(found.candidate);
  }
  drawWalk();
  drawActivity();
  prefer();
}

/** The buttons of what can be asked now, in the order of the page. @type {HTMLElement[]} */
const offered = [];
/** The button of each place that offers a question. @type {Map<HTMLElement, HTMLElement>} */
const buttons = new Map();

/** Of all that can be asked, the first is the page's primary action. */
function prefer() {
  offered.forEach((button, i) => button.classList.toggle("primary", i === 0));
}

if (page.study.searches) byId("retraining").append(retrainForm(byId("retraining"), page.study.id, page.architecture));

function drawHead() {
  const place = byId("weights");
  const both = page.retrained !== null && page.trained.supernet === "";
  place.hidden = !both;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("button"))) button.setAttribute("aria-pressed", String(button.dataset.weights === view.weights));
  const found = subject(view.weights);
  byId("evaluate-panel").hidden = found !== null;
  if (!found) return drawNotEvaluated();
  const { evaluated, tag } = found;
  const numbers = [
    ["accuracy", percent(evaluated.accuracy), tag, `${evaluated.accuracy}`],
    ["spikes per image, N", short(evaluated.spikes), tag, exact(evaluated.spikes)],
    ["firing rate", evaluated.firing_rate.toFixed(3), "spikes ÷ (neurons · T)", `${evaluated.firing_rate}`],
    ...(evaluated.fitness === null ? [] : [["fitness", evaluated.fitness.toFixed(3), tag, `${evaluated.fitness}`]]),
    ["parameters", short(evaluated.parameters), "", exact(evaluated.parameters)],
  ];
  if (!changed("numbers", [tag])) return;
  byId("numbers").replaceChildren(...numbers.map(([name, value, small, title]) => h("div", {}, h("dt", {}, name), h("dd", { title }, value), ...(small ? [h("dd", { class: "tag" }, small)] : []))));
}

/** Nobody has evaluated it yet: why it cannot be, or the way to do it. */
function drawNotEvaluated() {
  const asked = /** @type {Asked} */ ({ kind: "evaluation", weights: "supernet", split: "validation" });
  const words = page.trained.supernet ? `It cannot be evaluated: ${page.trained.supernet}.` : "The search has not evaluated this architecture. The supernet can evaluate it on the validation split, in seconds.";
  offer(byId("evaluate"), asked, words, page.trained.supernet ? "" : "Evaluate on the supernet");
}

/**
 * A question's state: not asked yet, waiting, in work, failed. Returns its answer once there is one.
 * @param {HTMLElement} place
 * @param {Asked} asked
 * @param {string} words
 * @param {string} label "" where it cannot be asked
 */
function offer(place, asked, words, label) {
  const found = inspections.get(asked);
  if (found?.state === "done") return found;
  const ask = async () => {
    const problem = await inspections.ask(asked);
    if (problem) place.querySelector(".problem")?.replaceChildren(problem);
  };
  if (found) renderStatus(place, found, () => void ask());
  else if (differs(place, [keyOf(asked), words, label, told].join("/"))) {
    const button = h("button", { type: "button" }, label);
    button.addEventListener("click", () => void ask());
    buttons.set(place, button);
    place.replaceChildren(h("p", { class: "muted" }, told ? words : "Earlier inspections could not be loaded; a new one still works."), ...(label ? [button] : []), h("p", { class: "problem", role: "alert" }));
  }
  const button = buttons.get(place);
  if (!found && label && button) offered.push(button);
  return null;
}

/** @param {import("./compare.js").Shown} own */
async function drawMaps(own) {
  if (!changed("maps", [view.weights, view.beside, view.perNeuron, byId("heatmaps").clientWidth])) return;
  const key = drawn.get("maps");
  byId("scale").setAttribute("aria-pressed", String(view.perNeuron));
  byId("beside-place").replaceChildren(besideSelect(page, view.beside, (beside) => set({ beside })));
  setText(byId("spikes-tag"), own.tag);
  const second = await other(page, own, shown(view.weights === "supernet" ? "retrained" : "supernet"), view.beside);
  if (key === drawn.get("maps")) renderMaps(page, second ? [own, second] : [own], view.perNeuron);
}

/** @param {number | null} candidate */
function drawEnergy(candidate) {
  const known = candidate !== null || view.weights === "retrained";
  if (changed("energy", [known, candidate])) byId("energy").replaceChildren(...(known ? [energy.of(candidate)] : []));
}

function drawActivity() {
  const asked = /** @type {Asked} */ ({ kind: "activity", weights: view.weights, split: view.weights === "retrained" ? "test" : "validation" });
  const reason = view.weights === "retrained" ? page.trained.retrained : page.trained.supernet;
  const words = reason ? `It cannot be measured: ${reason}.` : `Counts every neuron over the whole ${asked.split} split: silent and saturated neurons, and the spikes per class.`;
  const found = offer(byId("activity-ask"), asked, words, reason ? "" : "Count neurons");
  byId("activity-ask").hidden = found !== null;
  byId("activity").hidden = found === null;
  setText(byId("activity-tag"), `${asked.split}, ${view.weights}`);
  if (!found || !changed("activity", [found.id, view.layer])) return;
  void inspections.tensors(found).then((tensors) => renderActivity(byId("activity"), found.result, tensors?.get("ledger"), view.layer));
}

/** The sample that is on the screen. @type {string} */
let walking = "";
function drawWalk() {
  const reason = view.weights === "retrained" ? page.trained.retrained : page.trained.supernet;
  const { sample } = now();
  player.show();
  byId("walk-sample").hidden = reason !== "";
  setText(byId("walk-tag"), `${view.split}, ${view.weights}`);
  const words = reason ? `No sample can be traced: ${reason}.` : `Image ${sample} of the ${view.split} split traced through the network: the input, every spike of every layer, and the votes at every time step.`;
  const found = offer(byId("walk-ask"), { kind: "sample", weights: view.weights, split: view.split, sample }, words, reason ? "" : "Trace it");
  byId("walk-ask").hidden = found !== null;
  byId("walk").hidden = byId("layer-panel").hidden = found === null;
  if (!found) return void ((walking = ""), player.pause());
  if (walking === found.id) return walk.go(view.t - 1, view.layer);
  walking = found.id;
  void inspections.tensors(found).then((tensors) => {
    if (walking !== found.id) return;
    if (tensors) walk.show(found.result, tensors, view.t - 1, view.layer);
    else byId("walk-votes").replaceChildren(h("p", { class: "notice bad", role: "alert" }, "The spikes of this sample could not be loaded."));
  });
}

/** Another sample: shown at once where it is known, asked for otherwise. @param {Partial<typeof view>} change */
async function choose(change) {
  player.pause();
  set(change);
  const asked = /** @type {Asked} */ ({ kind: "sample", weights: view.weights, split: view.split, sample: view.sample ?? 0 });
  const problem = inspections.get(asked) ? "" : await inspections.ask(asked);
  if (problem) byId("walk-ask").querySelector(".problem")?.replaceChildren(problem);
}

byId("strip").replaceChildren(strip(document, page.architecture, page.macro));
for (const button of /** @type {NodeListOf<HTMLElement>} */ (byId("weights").querySelectorAll("button"))) {
  button.addEventListener("click", () => {
    const weights = /** @type {Weights} */ (button.dataset.weights);
    set({ weights, split: weights === "retrained" ? "test" : "validation", sample: null });
  });
}
byId("scale").addEventListener("click", () => set({ perNeuron: !view.perNeuron }));
const anew = () => {
  drawn.clear();
  draw();
  walk.redraw();
};
document.addEventListener("themechange", anew);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
let width = byId("content").clientWidth;
new ResizeObserver(() => {
  if (width === byId("content").clientWidth) return;
  width = byId("content").clientWidth;
  anew();
}).observe(byId("content"));
setInterval(() => {
  if (inspections.waiting) draw(); // the time something has been waited for
}, 1000);

byId("loading").hidden = true;
byId("page").hidden = false; // all at once, so that nothing that is seen moves
draw();
told = await inspections.load();
if (!told) draw();
