// The configurator: one config, shown as a form, as cards and as text; what it means, beside it.

import { byId, setText } from "../lib/dom.js";
import { pageData } from "../lib/http.js";
import { Analysis } from "./analysis.js";
import { Baselines } from "./baselines.js";
import { Cards } from "./cards.js";
import { showChanges } from "./changes.js";
import { clearDraft, readDraft, saveDraft } from "./draft.js";
import { Fields } from "./fields.js";
import { History } from "./history.js";
import { Launch, say } from "./launch.js";
import { showEstimate, showSize } from "./numbers.js";
import { drawPresets, markPreset, recogniser } from "./presets.js";
import { set } from "./schema.js";
import { Sections } from "./sections.js";
import { Estimates } from "./server.js";
import { Texts } from "./texts.js";
import { unshowable } from "./words.js";

/** @typedef {import("./draft.js").Draft} Draft a config, and what it is compared with */

/** @type {import("./presets.js").Preset[]} */
const presets = pageData("presets-data");
const presetOf = recogniser(presets);
/** @type {History<Draft>} */
const history = new History({ config: pageData("initial"), origin: pageData("origin") });
const fields = new Fields(pageData("schema"), (path, value) => change(set(history.value.config, path, value), path.join(".")));
const sections = new Sections(fields);
const cards = new Cards(fields, (next) => change(next), (words) => setText(byId("said"), words));
const analysis = new Analysis(fields, pageData("zoo"), (next) => change(next));
const baselines = new Baselines(pageData("zoo"), (next) => change(next));
const texts = new Texts((config) => change(config, "json"));
const launch = new Launch(() => ({ config: history.value.config, seeds: seeds.valueAsNumber }), clearDraft);
const estimates = new Estimates(() => ({ config: history.value.config, firing_rate: rate }), hear);
const seeds = /** @type {HTMLInputElement} */ (byId("seeds"));
const rateInput = /** @type {HTMLInputElement} */ (byId("firing_rate"));

/** What was typed, for the server to check; null = the poster's. @type {number | string | null} */
let rate = null;
/** What winners on this server fired, where there are any. @type {number | null} */
let measured = null;
/** @type {import("./flow.js").Row[]} */
let rows = [];

// ---- one way in, and everything drawn from it ----
/** @param {any} config @param {string} [source] the field that was typed in @param {Draft["origin"]} [origin] */
function change(config, source = "", origin = history.value.origin) {
  if (!history.set({ config, origin }, source)) return;
  saveDraft(history.value);
  setText(byId("saved"), "Draft stored in this browser");
  show();
}

/** @param {boolean} [all] also what has the focus */
function show(all = false) {
  const { config, origin } = history.value;
  cards.show(config);
  cards.showShapes(rows);
  analysis.show(config);
  baselines.show(config);
  fields.show(config, all);
  sections.show(config);
  showSize(config);
  showChanges(origin, config, (next) => change(next));
  showTexts();
  setText(byId("launch"), config.analysis ? "Launch analysis" : "Launch search");
  /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !history.canUndo;
  /** @type {HTMLButtonElement} */ (byId("redo")).disabled = !history.canRedo;
  byId("estimate").setAttribute("aria-busy", "true");
  launch.draw();
  estimates.soon();
}

function showTexts() {
  const preset = presetOf(history.value.config);
  markPreset(byId("presets"), preset);
  setText(byId("start-now"), preset?.title ?? `${history.value.origin.title}, changed`);
  texts.show(history.value.config, seeds.valueAsNumber || 1, preset?.key ?? null);
}

/** @param {Parameters<ConstructorParameters<typeof Estimates>[1]>[0]} answer */
function hear(answer) {
  if (launch.running) return;
  byId("estimate").setAttribute("aria-busy", "false");
  say("trouble" in answer ? answer.trouble : "");
  if ("problems" in answer) launch.check(answer.problems);
  if ("estimate" in answer) {
    rows = answer.estimate.rows;
    measured = answer.estimate.synops.firing_rate.measured?.value ?? null;
    showEstimate(answer.estimate);
    cards.showShapes(rows);
    launch.check(answer.estimate.problems);
  }
  const stale = !("estimate" in answer);
  byId("stale").hidden = !stale;
  for (const id of ["estimate", "layers"]) byId(id).classList.toggle("stale", stale);
}

// ---- what a person does ----
/** @param {"undo" | "redo"} way */
function travel(way) {
  history[way]();
  saveDraft(history.value);
  show(true);
}

/** Ctrl+Z goes back a step, except where a text field has its own. @param {KeyboardEvent} event */
function shortcut(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || inText(event.target)) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  travel(key === "y" || event.shiftKey ? "redo" : "undo");
}

/** @param {EventTarget | null} target */
function inText(target) {
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type !== "checkbox");
}

/** @param {number | string | null} wanted */
function takeRate(wanted) {
  rate = wanted;
  launch.forgive("firing_rate");
  estimates.soon();
}

function listen() {
  byId("undo").addEventListener("click", () => travel("undo"));
  byId("redo").addEventListener("click", () => travel("redo"));
  document.addEventListener("keydown", shortcut);
  byId("form").addEventListener("submit", (event) => {
    event.preventDefault();
    launch.goToProblem();
  });
  seeds.addEventListener("input", () => {
    launch.forgive("seeds");
    showTexts();
  });
  rateInput.addEventListener("input", () => takeRate(rateInput.value.trim() === "" ? null : Number.isFinite(Number(rateInput.value)) ? Number(rateInput.value) : rateInput.value));
  byId("rate-poster").addEventListener("click", () => takeRate(null));
  byId("rate-measured").addEventListener("click", () => takeRate(measured));
}

/** A plain visit goes on with the draft; a link to a preset or a study starts from that, the draft one undo away. */
function restore() {
  const draft = readDraft();
  const linked = history.value;
  if (draft && !unshowable(draft.config) && history.set(draft)) {
    if (location.search) history.set(linked);
    setText(byId("saved"), location.search ? "Your unfinished draft is stored; undo restores it" : "Your unfinished draft; undo returns to the preset");
  }
  /** @type {HTMLDetailsElement} */ (byId("start")).open = !draft && !location.search;
}

/** Until here nobody listened, and what was typed would have been overwritten. */
function open() {
  for (const control of [texts.json, seeds, rateInput]) control.disabled = false;
}

restore();
sections.build(byId("sections"), { kind: [analysis.kind()], macro: cards.parts(), analysis: analysis.parts(), baselines: [baselines.part()] });
drawPresets(byId("presets"), presets, ({ title, config }) => change(config, "", { title, url: null, config }));
listen();
show();
open();
