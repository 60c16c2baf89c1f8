// The study's head: state, phases, progress with a number, time left, and the verbs.

import { byId, h, setText } from "../dom.js";
import { duration } from "../format.js";

/** @typedef {import("../state.js").State} State */
/** @typedef {import("../events.js").Summary} Summary */

const PHASES = ["supernet", "search", "retrain"];
const WORDS = { supernet: "Supernet", search: "Search", retrain: "Retraining" };
/** @type {Record<string, {verb: string, label: string, title: string}[]>} */
const VERBS = {
  queued: [
    { verb: "pause", label: "Pause", title: "Wait until you resume it" },
    { verb: "cancel", label: "Cancel", title: "Stop now; what was found is kept" },
  ],
  running: [
    { verb: "pause", label: "Pause", title: "Stop at the next checkpoint, seconds from now" },
    { verb: "cancel", label: "Cancel", title: "Stop now; what was found is kept" },
  ],
  paused: [
    { verb: "resume", label: "Resume", title: "Go on exactly where it stopped" },
    { verb: "cancel", label: "Cancel", title: "Stop for good; what was found is kept" },
  ],
  failed: [{ verb: "retry", label: "Retry", title: "Go on from the last checkpoint" }],
};
const ASKED = { pause: "pausing at the next checkpoint", cancel: "cancelling" };

/**
 * @param {Summary} summary
 * @param {State} state
 * @param {(verb: string) => void} act
 */
export function renderHeader(summary, state, act) {
  const badge = byId("state");
  badge.dataset.state = summary.state;
  setText(badge, summary.state);
  setText(byId("asked"), ASKED[/** @type {keyof typeof ASKED} */ (summary.request)] ?? "");
  renderPhases(summary, state);
  renderProgress(summary, state);
  renderVerbs(summary, act);
  const reason = byId("reason");
  reason.hidden = !summary.reason || !["failed", "cancelled", "paused"].includes(summary.state);
  setText(reason, summary.reason);
  document.title = `${summary.state === "running" ? `${Math.floor(100 * summary.progress)} % · ` : ""}${summary.name} · AutoSNN Studio`;
}

/** @param {Summary} summary @param {State} state */
function renderPhases(summary, state) {
  const current = state.finished ? PHASES.length : PHASES.indexOf(state.phase ?? "supernet");
  const list = byId("phases");
  PHASES.forEach((phase, i) => {
    let item = /** @type {HTMLElement | undefined} */ (list.children[i]);
    if (!item) list.append((item = h("li", {}, WORDS[/** @type {keyof typeof WORDS} */ (phase)])));
    item.dataset.step = i < current ? "done" : i === current && state.started ? "now" : "later";
    if (i === current && summary.state === "running") item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

/** @param {Summary} summary @param {State} state */
function renderProgress(summary, state) {
  const share = state.finished ? 1 : summary.progress;
  const fill = /** @type {HTMLElement} */ (byId("bar").firstElementChild);
  fill.style.transform = `scaleX(${share})`;
  byId("bar").setAttribute("aria-valuenow", String(Math.floor(100 * share)));
  setText(byId("percent"), `${Math.floor(100 * share)} %`);
  setText(byId("doing"), doing(summary, state));
}

/** @param {Summary} summary @param {State} state */
function doing(summary, state) {
  if (state.finished) return `finished after ${duration(summary.compute_seconds)} of computing`;
  if (summary.state === "queued" && !state.started) return "waiting for a worker";
  if (summary.state !== "running") return "";
  const left = state.progress?.seconds_left;
  const phase = WORDS[/** @type {keyof typeof WORDS} */ (state.progress?.phase ?? state.phase ?? "supernet")].toLowerCase();
  if (!state.progress) return `${phase}: starting`;
  return `${phase}: ${state.progress.message}${left == null ? "" : `, ${duration(left)} left in this phase`}`;
}

/** @param {Summary} summary @param {(verb: string) => void} act */
function renderVerbs(summary, act) {
  const place = byId("verbs");
  const wanted = summary.may_edit ? (VERBS[summary.state] ?? []) : [];
  const key = wanted.map((v) => v.verb).join(",");
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(
    ...wanted.map(({ verb, label, title }) => {
      const button = h("button", { type: "button", title, "data-verb": verb }, label);
      button.addEventListener("click", () => act(verb));
      return button;
    }),
    h("a", { class: "button", href: `/studies/new?from=${summary.id}` }, "Clone"),
  );
}
