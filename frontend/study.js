// The study page: one state from events, one view from the URL, every panel drawn from both.

import { byId, h, setText } from "./dom.js";
import { exact, percent, short } from "./format.js";
import { strip } from "./genome.js";
import { pageData, post } from "./http.js";
import { Stream } from "./socket.js";
import { applyProvisional, at, hasGap, initialState, reduce } from "./state.js";
import { renderAnalysis } from "./views/analysis.js";
import { renderCurves } from "./views/curves.js";
import { energyPanel } from "./views/energy.js";
import { renderHeader } from "./views/header.js";
import { renderHeatmap } from "./views/heatmap.js";
import { renderLog } from "./views/log.js";
import { ParetoPlot } from "./views/plot.js";
import { describeOrigin, Population } from "./views/population.js";
import { showRepeat } from "./views/repeat.js";
import { Timeline } from "./views/timeline.js";
import { renderWinner } from "./views/winner.js";

/** @typedef {import("./events.js").Candidate} Candidate */

/** @type {import("./events.js").Summary} */
let summary = pageData("study");
let state = initialState;
const layers = summary.config.network.macro.layers;

// ---- the view, all of it in the URL ----
const query = new URLSearchParams(location.search);
/** @type {{generation: number | null, selected: number | null, perNeuron: boolean}} */
const view = {
  generation: query.has("g") ? Math.max(0, Number(query.get("g")) - 1) || 0 : null,
  selected: query.has("c") ? Number(query.get("c")) : null,
  perNeuron: query.get("scale") === "neuron",
};

/** @param {Partial<typeof view>} change */
function show(change) {
  Object.assign(view, change);
  const next = new URLSearchParams();
  if (view.generation !== null) next.set("g", String(view.generation + 1));
  if (view.selected !== null) next.set("c", String(view.selected));
  if (view.perNeuron) next.set("scale", "neuron");
  const text = next.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
  schedule();
}

// ---- drawing, at most once a frame ----
let scheduled = false;
function schedule() {
  if (scheduled || document.hidden) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}
document.addEventListener("visibilitychange", schedule);

const select = (/** @type {number} */ id) => show({ selected: view.selected === id ? null : id });
const timeline = new Timeline((generation) => show({ generation }));
const population = new Population(byId("population"), layers, select);
const plot = new ParetoPlot(byId("plot"), byId("plot-words"), select);

function repaint() {
  delete byId("inspector").dataset.key;
  plot.repaint();
  schedule();
}
document.addEventListener("themechange", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);

function draw() {
  const shown = Math.min(view.generation ?? Infinity, state.generations.length - 1);
  const live = view.generation === null;
  const past = at(state, shown);
  renderHeader(summary, state, act);
  renderWinner(byId("winner"), state, summary);
  timeline.render(state, live ? null : shown);
  const estimating = live && state.provisional.length > 0;
  const current = estimating ? state.provisional : past.current;
  population.render(current, {
    selected: view.selected,
    front: new Set(past.event?.front ?? []),
    parents: new Set(past.event?.parents ?? []),
    best: past.event?.best ?? null,
    provisional: estimating,
  });
  const analysis = Boolean(summary.config.analysis);
  for (const id of ["population-panel", "supernet-panel"]) byId(id).hidden = analysis;
  byId("waiting").hidden = current.length > 0;
  byId("population").hidden = current.length === 0;
  setText(byId("waiting"), waitingWords());
  byId("stage").hidden = state.generations.length === 0;
  plot.render(past.candidates, { generation: shown, generations: past.event?.generations ?? 1, selected: view.selected, trained: live ? trained() : [] });
  renderCurves(byId("supernet"), state.supernet, { first: "supernet" });
  byId("retrain-panel").hidden = !state.retrained;
  renderCurves(byId("retrain"), state.retrain, { first: "training", second: "test, retrained" });
  renderAnalysis(byId("analysis"), state, summary);
  renderLog(byId("log"), state);
  inspect(inspected(past));
}

/** What was trained from scratch beside the search: winner and baselines by name, further seeds and samples without. */
function trained() {
  const { finished } = state;
  const winner = finished ? [{ name: "winner", accuracy: finished.test_accuracy, spikes: finished.test_spikes }] : [];
  const others = state.trainings.map((t) => ({ name: t.arm === t.architecture ? t.arm : "", accuracy: t.test_accuracy, spikes: t.test_spikes }));
  return [...winner, ...others];
}

function waitingWords() {
  if (summary.state === "failed") return "The study failed before its first generation. Retry goes on from the last checkpoint; Clone starts afresh with changes.";
  if (summary.state === "cancelled") return "Cancelled before the first generation. Clone starts it afresh.";
  if (summary.state === "paused") return "Paused before the first generation. Resume goes on exactly where it stopped.";
  if (state.phase === "search") return "The first generation is being judged on the validation split.";
  if (summary.state === "queued") return "The study waits for a worker; the population appears after supernet training.";
  return "The population appears when the supernet is trained.";
}

// ---- the selected candidate, or the best so far ----
/** @param {ReturnType<typeof at>} past */
function inspected(past) {
  const chosen = view.selected === null ? undefined : (state.candidates[view.selected] ?? state.provisional.find((c) => c.id === view.selected));
  if (chosen) return chosen;
  return past.current.length ? past.current.reduce((a, b) => (b.fitness > a.fitness ? b : a)) : null;
}

/** @type {Map<number, import("./views/heatmap.js").SpikeMap>} */
const maps = new Map();

/** @param {Candidate | null} candidate */
async function inspect(candidate) {
  const place = byId("inspector");
  if (!candidate || !state.started) return;
  const stored = candidate.id < state.candidates.length; // a provisional one has no map yet, and its numbers may change
  const key = [candidate.id, stored || candidate.accuracy, view.perNeuron, view.selected === null, place.clientWidth].join("/");
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  const title = view.selected === null ? `Best of generation ${candidate.generation + 1}` : `Candidate ${candidate.id}`;
  const toggle = h("button", { type: "button", "aria-pressed": String(view.perNeuron), id: "scale" }, view.perNeuron ? "Show spikes" : "Show firing rate");
  toggle.addEventListener("click", () => show({ perNeuron: !view.perNeuron }));
  const origin = h("p", { class: "small" }, `Generation ${candidate.generation + 1}, `, ...describeOrigin(candidate));
  origin.addEventListener("click", (event) => {
    const parent = /** @type {HTMLElement} */ (event.target).dataset.parent;
    if (parent !== undefined) show({ selected: Number(parent) });
  });
  const picture = h("div", { class: "heatmap" });
  const old = place.querySelector(".heatmap");
  if (old instanceof HTMLElement) picture.style.minHeight = `${old.offsetHeight}px`; // nothing below may jump
  place.replaceChildren(
    h("div", { class: "inspector-head" }, h("h2", {}, title), toggle),
    h("p", {}, strip(document, candidate.architecture, layers, candidate.changed), " ", h("code", {}, candidate.architecture)),
    h("p", { class: "small" }, h("b", {}, percent(candidate.accuracy)), " accuracy, ", h("b", { title: exact(candidate.spikes) }, short(candidate.spikes)), ` spikes, firing rate ${candidate.firing_rate.toFixed(3)}, ${short(candidate.parameters)} parameters `, h("span", { class: "tag" }, "validation, supernet")),
    origin,
    h("h3", {}, "Spikes by layer and time step"),
    picture,
    ...(stored ? [energyPanel(summary.id, candidate.id)] : []),
  );
  const map = stored ? await spikeMap(candidate) : null;
  if (place.dataset.key !== key || !state.started) return;
  if (map) renderHeatmap(picture, map, state.started.layers, candidate.architecture, view.perNeuron);
  else if (!stored) picture.replaceChildren(h("p", { class: "muted small" }, "The spike map arrives when the generation is finished."));
  else picture.replaceChildren(h("p", { class: "muted small" }, "The spike map could not be loaded. ", again(place)));
  picture.style.minHeight = "";
}

/** @param {HTMLElement} place */
function again(place) {
  const button = h("button", { type: "button", class: "link" }, "Try again");
  button.addEventListener("click", () => {
    delete place.dataset.key;
    schedule();
  });
  return button;
}

/** @param {Candidate} candidate */
async function spikeMap(candidate) {
  const key = candidate.id;
  if (!maps.has(key)) {
    const answer = await fetch(`/api/studies/${summary.id}/candidates/${candidate.id}/spike-map`).catch(() => null);
    if (!answer?.ok) return null;
    const values = new Float32Array(await answer.arrayBuffer());
    const steps = Number(answer.headers.get("X-Steps"));
    maps.set(key, { rows: values.length / steps, steps, values });
  }
  return maps.get(key) ?? null;
}

// ---- verbs and the stream ----
/** @param {string} verb */
async function act(verb) {
  for (const button of byId("verbs").querySelectorAll("button")) button.disabled = true;
  const answer = await post(`/api/studies/${summary.id}/${verb}`);
  const problem = byId("verb-problem");
  problem.hidden = answer.status === 200;
  setText(problem, answer.data.error ?? (answer.status === 200 ? "" : `the server answered ${answer.status}`));
  if (answer.status === 200) summary = answer.data;
  for (const button of byId("verbs").querySelectorAll("button")) button.disabled = false;
  schedule();
}

/** The sibling studies' results: when the page opens, is looked at again, and when this study changes its state. */
function refreshRepeat() {
  if (summary.repeat && !document.hidden) void showRepeat(byId("repeat"), summary.repeat, summary.id);
}
document.addEventListener("visibilitychange", refreshRepeat);
refreshRepeat();

const stream = new Stream(summary.id, {
  cursor: () => state.seq,
  events: (events) => {
    for (const stored of events) state = reduce(state, stored);
    if (hasGap(state)) stream.refill();
    schedule();
  },
  progress: (event) => {
    state = applyProvisional(state, event);
    schedule();
  },
  summary: (latest) => {
    const moved = latest.state !== summary.state;
    summary = latest;
    if (moved) refreshRepeat();
    schedule();
  },
  status: (status, message) => {
    const chip = byId("connection");
    chip.dataset.status = status;
    setText(chip, status === "live" ? "" : message);
    chip.hidden = status === "live";
  },
});

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|SELECT|TEXTAREA/.test(target.tagName)) return;
  const last = state.generations.length - 1;
  const shown = Math.min(view.generation ?? last, last);
  if (event.key === "[") show({ generation: Math.max(0, shown - 1) });
  if (event.key === "]") show({ generation: Math.min(last, shown + 1) });
  if (event.key === "l") timeline.live();
  if (event.key === "Escape") show({ selected: null });
});
new ResizeObserver(schedule).observe(byId("inspector"));
schedule();
