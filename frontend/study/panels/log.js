// The stored events in words, newest first.

import { h } from "../../lib/dom.js";
import { exact, percent, short } from "../../lib/format.js";

const SHOWN = 300;
/** The number of the last event that a list shows. @type {WeakMap<HTMLElement, number>} */
const last = new WeakMap();

/** @param {HTMLElement} place a list @param {import("../../wire/state.js").State} state */
export function renderLog(place, state) {
  const have = last.get(place) ?? 0;
  for (const stored of state.log.slice(-SHOWN)) {
    if (stored.seq <= have) continue;
    const at = new Date(stored.time);
    place.prepend(h("li", {}, h("time", { datetime: stored.time, class: "muted", title: at.toString() }, timeOf(at)), ` ${words(stored.event, state)}`));
  }
  while (place.children.length > SHOWN) place.lastElementChild?.remove();
  last.set(place, state.seq);
}

/** "26 Nov 13:45:02": a study may take days. @param {Date} at */
function timeOf(at) {
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return `${day} ${at.toLocaleTimeString("en-GB")}`;
}

/** @param {import("../../wire/events.js").DurableEvent} e @param {import("../../wire/state.js").State} state */
export function words(e, state) {
  switch (e.kind) {
    case "study_started":
      return `started on ${e.device}: ${exact(e.space_size)} architectures; ${exact(e.train_samples)} training, ${exact(e.validation_samples)} validation, ${exact(e.test_samples)} test images (${e.data_note})`;
    case "phase_started":
      return e.architecture ? `retraining ${e.architecture} from scratch` : `${e.phase} started`;
    case "epoch_finished":
      return `${e.phase} epoch ${e.epoch} of ${e.epochs}: loss ${e.loss.toFixed(4)}, ${percent(e.test_accuracy ?? e.accuracy)}${e.test_accuracy === null ? " in training" : " on test"}, ${short(e.test_spikes ?? e.spikes)} spikes`;
    case "supernet_finished":
      return `supernet trained; N_avg is ${short(e.average_spikes)} spikes per image`;
    case "generation_finished": {
      const best = state.candidates[e.best];
      return `generation ${e.generation + 1} of ${e.generations}: best ${best?.architecture} with fitness ${best?.fitness.toFixed(4)}, ${e.front.length} on the front, hypervolume ${e.hypervolume.toFixed(4)}`;
    }
    case "study_finished":
      return `finished: ${e.architecture}, ${percent(e.test_accuracy)} on test with ${short(e.test_spikes)} spikes`;
    case "study_extended":
      return `extended to ${e.generations} generations; config ${e.config_digest.slice(0, 12)}`;
    case "training_finished":
      return `${e.arm}: ${e.architecture}, seed ${e.seed}, ${percent(e.test_accuracy)} on test with ${short(e.test_spikes)} spikes`;
    case "analysis_finished":
      return `all ${e.arms.reduce((n, arm) => n + arm.accuracy.n, 0)} networks trained`;
    case "state_changed":
      return `${e.state}${e.reason ? `: ${e.reason}` : ""}`;
    default:
      return JSON.stringify(e);
  }
}
