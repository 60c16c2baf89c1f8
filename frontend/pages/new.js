// The configurator: one config, shown as a form, as cards and as JSON; what it means, from the server, beside it.

import { byId, h, setText } from "../dom.js";
import { pageData, post } from "../http.js";
import { clearDraft, readDraft, saveDraft } from "./draft.js";
import { showEstimate, showRows } from "./estimate.js";
import { Fields, nearest, showProblems } from "./fields.js";
import { History } from "./history.js";
import { Layers } from "./layers.js";
import { drawPresets, markPreset } from "./presets.js";
import { set } from "./schema.js";
import { unshowable } from "./words.js";

/** @typedef {{field: string, message: string}} Problem */
/** @typedef {{name: string, fields: [path: string[], only?: string[]][]}} Section */

const ASK_AFTER_MS = 200;
const RETRY_MS = 5000;

/** @type {Section[]} */
const SECTIONS = [
  { name: "Study", fields: [[[], ["name", "seed"]]] },
  { name: "Data", fields: [[["data"]]] },
  { name: "Search space", fields: [[["network", "macro"]]] },
  { name: "Neuron and time", fields: [[["network"]], [["network", "neuron"]]] },
  { name: "Supernet training", fields: [[["supernet"]]] },
  { name: "Evolutionary search", fields: [[["search"]]] },
  { name: "Retraining the winner", fields: [[["retrain"]]] },
  { name: "Runtime", fields: [[["runtime"]]] },
];

/** @type {import("./presets.js").Preset[]} */
const presets = pageData("presets-data");
const history = new History(pageData("initial"));
const fields = new Fields(pageData("schema"), (path, value) => change(set(history.value, path, value), path.join(".")));
const layers = new Layers(fields, (next) => change(next));
const form = /** @type {HTMLFormElement} */ (byId("form"));
const json = /** @type {HTMLTextAreaElement} */ (byId("json"));
const launch = /** @type {HTMLButtonElement} */ (byId("launch"));

/** @type {Problem[]} */
let problems = [];
/** @type {import("./estimate.js").Estimate | null} */
let estimate = null;
let launching = false;
let asked = 0;
let timer = 0;

// ---- one way in, and everything drawn from it ----
/** @param {any} next @param {string} [source] */
function change(next, source = "") {
  if (!history.set(next, source)) return;
  saveDraft(next);
  show();
}

function show() {
  const config = history.value;
  layers.show(config);
  layers.showShapes(estimate?.rows ?? []);
  fields.show(config);
  markPreset(byId("presets"), presets, config);
  if (document.activeElement !== json) {
    json.value = JSON.stringify(config, null, 2);
    byId("json-problem").hidden = true;
  }
  /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !history.canUndo;
  /** @type {HTMLButtonElement} */ (byId("redo")).disabled = !history.canRedo;
  askSoon(ASK_AFTER_MS);
}

function build() {
  drawPresets(byId("presets"), presets, (config) => change(config));
  byId("sections").replaceChildren(
    ...SECTIONS.map((section) => {
      const place = section.name === "Search space" ? [h("div", { id: "candidates" }), h("div", { class: "layers", id: "layers" })] : [];
      const made = section.fields.flatMap(([path, only]) => fields.below(path, only));
      return h("fieldset", { class: "section" }, h("legend", {}, section.name), ...place, h("div", { class: "fields" }, ...made));
    }),
  );
}

// ---- what the server says of it ----
/** @param {number} delay */
function askSoon(delay) {
  clearTimeout(timer);
  timer = setTimeout(() => void ask(), delay);
}

async function ask() {
  const mine = ++asked;
  const answer = await post("/api/estimate", { config: history.value });
  if (mine !== asked || launching) return;
  if (answer.status === 200 && answer.data.digest) {
    estimate = /** @type {import("./estimate.js").Estimate} */ (answer.data);
    problems = [];
    showEstimate(byId("estimate"), estimate);
    showRows(byId("shapes"), estimate.rows);
    layers.showShapes(estimate.rows);
    say("");
  } else if (answer.status === 422) {
    problems = answer.data.problems;
    say("");
  } else {
    say(refusal(answer));
    askSoon(RETRY_MS);
  }
  byId("estimate").classList.toggle("stale", problems.length > 0);
  drawProblems();
}

/** An answer that is neither yes nor a list of problems, in words. @param {{status: number, data: any}} answer */
function refusal({ status, data }) {
  if (status === 0) return data.error;
  if (status === 200 || status === 403) return "You are signed out. Sign in again in another tab; what you typed is kept here.";
  return `The server answered ${status}. What you typed is kept; try again.`;
}

/** @param {string} text */
function say(text) {
  setText(byId("trouble"), text);
  byId("trouble").hidden = !text;
}

function drawProblems() {
  const homeless = showProblems(form, problems);
  byId("problems").replaceChildren(...homeless.map((p) => h("p", { class: "problem" }, p.field ? `${p.field}: ${p.message}` : p.message)));
  launch.disabled = problems.length > 0 || launching;
  const [first] = problems;
  setText(byId("why"), first ? `Cannot launch yet: ${first.field ? `${first.field}: ` : ""}${first.message}` : "");
  byId("goto").hidden = !first || homeless.includes(first);
}

/** Focus the first field that is wrong. */
function goToProblem() {
  const [first] = problems;
  const line = first && nearest(first.field);
  if (!line) return;
  const input = document.getElementById(first.field) ?? line.parentElement?.querySelector("input, select, button");
  (input ?? line).scrollIntoView({ block: "center" });
  /** @type {HTMLElement | null | undefined} */ (input)?.focus();
}

async function start() {
  if (launching) return;
  if (problems.length) return goToProblem();
  launching = true;
  drawProblems();
  setText(byId("why"), "Launching …");
  const seeds = /** @type {HTMLInputElement} */ (byId("seeds")).valueAsNumber;
  const answer = await post("/api/studies", { config: history.value, seeds });
  launching = false;
  if (answer.status === 201) {
    clearDraft();
    location.assign(answer.data.url);
    return;
  }
  problems = answer.status === 422 ? answer.data.problems : [];
  say(answer.status === 422 ? "" : refusal(answer));
  drawProblems();
  goToProblem();
}

// ---- JSON twin, history, launch ----
json.addEventListener("input", () => {
  const problem = byId("json-problem");
  const reason = readJson(json.value);
  problem.hidden = !reason;
  setText(problem, reason && `${reason}. The form keeps the last document it could read.`);
  json.setAttribute("aria-invalid", String(Boolean(reason)));
});

/** Take a typed document; answers why not, or "". @param {string} text */
function readJson(text) {
  try {
    const found = JSON.parse(text);
    const reason = unshowable(found);
    if (!reason) change(found, "json");
    return reason;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param {"undo" | "redo"} way */
function travel(way) {
  history[way]();
  saveDraft(history.value);
  show();
}

byId("undo").addEventListener("click", () => travel("undo"));
byId("redo").addEventListener("click", () => travel("redo"));
byId("goto").addEventListener("click", goToProblem);
launch.addEventListener("click", () => void start());
byId("seeds").addEventListener("input", () => {
  problems = problems.filter((problem) => problem.field !== "seeds");
  drawProblems();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  goToProblem();
});

/** A plain visit goes on with the draft; a link to a preset or a study starts from that, the draft one undo away. */
function restore() {
  const draft = readDraft();
  const linked = history.value;
  if (!draft || unshowable(draft) || !history.set(draft)) return;
  if (location.search) history.set(linked);
  setText(byId("restored"), location.search ? "Your unfinished draft is kept: undo brings it back." : "Your unfinished draft. Undo starts from the preset.");
}

restore();
build();
show();
json.disabled = false; // until here nobody listened, and what was typed would have been overwritten
