// The study's head: state, phases, progress with a number, time left, and the actions.

import { byId, differs, h, keepFocus, setText } from "../../lib/dom.js";
import { duration, exact, minus } from "../../lib/format.js";
import { menuKey, moreMenu, updateFork } from "./actions.js";

/** @typedef {import("../../wire/state.js").State} State */
/** @typedef {import("../../wire/events.js").Summary} Summary */

const WORDS = { supernet: "Supernet", search: "Search", retrain: "Retraining", analysis: "Analysis" };
/** @type {Record<string, {action: string, label: string, title: string}[]>} */
const VERBS = {
  queued: [
    { action: "pause", label: "Pause", title: "Wait until you resume it" },
    { action: "cancel", label: "Cancel", title: "Stop now; the results so far are kept" },
  ],
  running: [
    { action: "pause", label: "Pause", title: "Stop at the next checkpoint, seconds from now" },
    { action: "cancel", label: "Cancel", title: "Stop now; the results so far are kept" },
  ],
  paused: [
    { action: "resume", label: "Resume", title: "Continue exactly where it stopped" },
    { action: "cancel", label: "Cancel", title: "Stop permanently; the results so far are kept" },
  ],
  failed: [{ action: "retry", label: "Retry", title: "Continue from the last checkpoint" }],
};
const KEEP = { action: "resume", label: "Keep running", title: "Withdraw the pause" };
const ASKED = { pause: "pausing at the next checkpoint", cancel: "cancelling" };
const ENDING = { result: "stopping after this generation", retrain: "stopping after this generation, then retraining" };

/** @typedef {{asking: boolean, menu: HTMLDetailsElement | null, offered: string}} Held whether it is asked to cancel for good; the menu, and what it was made from */
/** What stands in a place of actions besides the buttons. @type {WeakMap<HTMLElement, Held>} */
const held = new WeakMap();

/**
 * @param {Summary} summary
 * @param {State} state
 * @param {(action: string) => void} act
 */
export function renderHeader(summary, state, act) {
  const badge = byId("state");
  badge.dataset.state = summary.state;
  setText(badge, summary.state);
  setText(byId("asked"), asked(summary));
  setText(document.getElementById("space"), `${exact(summary.space_size)} architectures`);
  setText(document.getElementById("lambda"), minus(summary.config.search.fitness_lambda));
  renderPhases(summary, state);
  renderProgress(summary, state);
  renderActions(summary, state, act);
  const reason = byId("reason");
  reason.hidden = !summary.reason || !["failed", "cancelled", "paused", "succeeded"].includes(summary.state);
  reason.classList.toggle("bad", summary.state === "failed");
  setText(reason, summary.reason);
  document.title = `${summary.state === "running" ? `${Math.floor(100 * summary.progress)} % · ` : ""}${summary.name} · AutoSNN Studio`;
}

/** What was asked for and has not come about yet. @param {Summary} summary */
function asked(summary) {
  const request = ASKED[/** @type {keyof typeof ASKED} */ (summary.request)];
  if (request) return request;
  const searching = ["queued", "running", "paused"].includes(summary.state) && summary.phase !== "retrain" && summary.phase !== "analysis";
  return (searching && ENDING[/** @type {keyof typeof ENDING} */ (summary.ending)]) || "";
}

/** The phases a study goes through. @param {any} config @returns {(keyof typeof WORDS)[]} */
function phasesOf(config) {
  if (config.analysis) return ["analysis"];
  if (config.retrain?.winner === false) return ["supernet", "search"];
  const more = (config.retrain?.seeds ?? 1) > 1 || (config.retrain?.trust ?? 0) > 0 || (config.retrain?.baselines ?? []).length > 0;
  return more ? ["supernet", "search", "retrain", "analysis"] : ["supernet", "search", "retrain"];
}

/** Whether the engine has said its last word; of a search without retraining the server tells. @param {any} config @param {State} state */
function isOver(config, state) {
  if (config.retrain?.winner === false && !config.analysis) return state.job === "succeeded";
  return phasesOf(config).includes("analysis") ? state.analysed !== null : state.finished !== null;
}

/** @param {Summary} summary @param {State} state */
function renderPhases(summary, state) {
  const phases = phasesOf(summary.config);
  const current = isOver(summary.config, state) ? phases.length : phases.indexOf(state.phase ?? phases[0]);
  const list = byId("phases");
  phases.forEach((phase, i) => {
    let item = /** @type {HTMLElement | undefined} */ (list.children[i]);
    if (!item) list.append((item = h("li", {}, WORDS[phase])));
    item.dataset.step = i < current ? "done" : i === current && state.started ? "now" : "later";
    if (i === current && summary.state === "running") item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

/** @param {Summary} summary @param {State} state */
function renderProgress(summary, state) {
  const share = summary.state === "succeeded" || isOver(summary.config, state) ? 1 : summary.progress;
  const fill = /** @type {HTMLElement} */ (byId("bar").firstElementChild);
  fill.style.transform = `scaleX(${share})`;
  byId("bar").setAttribute("aria-valuenow", String(Math.floor(100 * share)));
  setText(byId("percent"), `${Math.floor(100 * share)} %`);
  setText(byId("doing"), doing(summary, state));
}

/** @param {Summary} summary @param {State} state */
function doing(summary, state) {
  if (summary.state === "succeeded" || isOver(summary.config, state)) return `finished after ${duration(summary.compute_seconds)} of computing`;
  if (summary.state === "queued") return summary.waits || "waiting for a worker";
  if (summary.state !== "running") return summary.waits || (summary.compute_seconds ? `${summary.state} after ${duration(summary.compute_seconds)} of computing` : "");
  const left = state.progress?.seconds_left;
  const phase = WORDS[/** @type {keyof typeof WORDS} */ (state.progress?.phase ?? state.phase ?? "supernet")].toLowerCase();
  // two clocks: the whole's is of the study so far, and where the phase's own, fresher one says more, it is wrong
  const whole = summary.seconds_left == null || summary.seconds_left < (left ?? 0) ? "" : `; about ${duration(summary.seconds_left)} left in total`;
  if (!state.progress) return `${phase}: ${reached(state)}${whole}`;
  return `${phase}: ${state.progress.message}${left == null ? "" : `, ${duration(left)} left in this phase`}${whole}`;
}

/** What is stored of the phase, until its next progress arrives. @param {State} state */
function reached(state) {
  if (state.phase === "analysis") return state.trainings.length ? `${state.trainings.length} networks are trained` : "starting";
  const epochs = state.phase === "retrain" ? state.retrain : state.supernet;
  const [epoch, generation] = [epochs.at(-1), state.generations.at(-1)];
  if (state.phase === "search") return generation ? `generation ${generation.generation + 1} of ${generation.generations} is done` : "starting";
  return epoch ? `epoch ${epoch.epoch} of ${epoch.epochs} is done` : "starting";
}

/** What a person may ask of the study now. @param {Summary} summary */
function actions(summary) {
  const usual = VERBS[summary.state] ?? [];
  if (summary.request === "cancel") return [];
  return summary.request === "pause" ? usual.map((v) => (v.action === "pause" ? KEEP : v)) : usual;
}

/** Each part is drawn anew when it offers something else, and not while a person is in the middle of it. @param {Summary} summary @param {State} state @param {(action: string) => void} act */
function renderActions(summary, state, act) {
  const place = byId("actions");
  const own = held.get(place) ?? begin(place, summary);
  renderButtons(place, own, summary, act);
  renderMenu(place, own, summary, state);
}

/** What every state offers. @param {HTMLElement} place @param {Summary} summary @returns {Held} */
function begin(place, summary) {
  const own = { asking: false, menu: null, offered: "" };
  held.set(place, own);
  place.append(h("a", { class: "button", href: `/studies/new?from=${summary.id}` }, "Clone"));
  return own;
}

/** @param {HTMLElement} place @param {Held} own @param {Summary} summary @param {(action: string) => void} act */
function renderButtons(place, own, summary, act) {
  const wanted = summary.may_edit ? actions(summary) : [];
  if (own.asking || !differs(place, wanted.map((v) => v.action).join())) return;
  const buttons = wanted.map(({ action, label, title }) => {
    const button = h("button", { type: "button", title, "data-action": action }, label);
    button.addEventListener("click", () => (action === "cancel" ? confirmCancel(own, button, act) : act(action)));
    return button;
  });
  keepFocus(place, () => {
    for (const old of place.querySelectorAll(":scope > button")) old.remove();
    place.prepend(...buttons);
  });
}

/** @param {HTMLElement} place @param {Held} own @param {Summary} summary @param {State} state */
function renderMenu(place, own, summary, state) {
  const { menu } = own;
  const key = summary.may_edit ? menuKey(summary, state) : "";
  if (menu) updateFork(menu, summary, state);
  if (menu?.open || own.offered === key) return;
  own.offered = key;
  own.menu = key ? moreMenu(summary, state) : null;
  keepFocus(place, () => {
    menu?.remove();
    if (own.menu) place.append(own.menu);
  });
}

/**
 * Cancelling is for good, so it is asked once more, in place; Escape or looking elsewhere takes it back.
 * @param {Held} own
 * @param {HTMLElement} button
 * @param {(action: string) => void} act
 */
function confirmCancel(own, button, act) {
  own.asking = true;
  const sure = h("button", { type: "button", class: "danger", "data-action": "cancel", title: "It cannot be resumed; the results so far are kept" }, "Confirm cancel");
  const back = () => {
    own.asking = false;
    if (!button.isConnected) sure.before(button);
    sure.remove();
  };
  sure.addEventListener("click", (event) => {
    if (event.detail > 1) return; // the second click of a double-click is no answer
    sure.removeEventListener("focusout", back);
    own.asking = false;
    act("cancel");
  });
  sure.addEventListener("focusout", back); // which the page hears too, and draws what has waited
  sure.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    sure.before(button);
    button.focus();
  });
  button.replaceWith(sure);
  sure.focus();
}
