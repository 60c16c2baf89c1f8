// A study as scenes of a replay: the supernet, each generation, the winner. Pure; what a scene says is made here.

import { exact, percent, short } from "../lib/format.js";
import { at } from "../wire/state.js";

/** @typedef {import("../wire/state.js").State} State */
/** @typedef {{kind: "begin" | "generation" | "winner", generation: number}} Scene `generation` is the last one shown, −1 for none */
/**
 * @typedef {{
 *   count: string, words: string, architecture: string | null, changed: number[],
 *   accuracy: number | null, spikes: number | null, tag: string
 * }} Told
 */

/** @param {State} state @returns {Scene[]} */
export function scenes(state) {
  /** @type {Scene[]} */
  const found = [{ kind: "begin", generation: -1 }];
  state.generations.forEach((_, generation) => found.push({ kind: "generation", generation }));
  if (state.finished) found.push({ kind: "winner", generation: state.generations.length - 1 });
  return found;
}

/**
 * @param {State} state
 * @param {Scene} scene
 * @param {string} sample what one input is: image or recording
 * @returns {Told}
 */
export function tell(state, scene, sample) {
  if (scene.kind === "begin") return beginning(state, sample);
  return scene.kind === "winner" ? winner(state, sample) : generation(state, scene.generation);
}

/** @param {State} state @param {string} sample @returns {Told} */
function beginning(state, sample) {
  const silent = { architecture: null, changed: [], accuracy: null, spikes: null, tag: "" };
  if (state.phase === "analysis" && !state.generations.length) {
    return { ...silent, count: "Analysis", words: "This study trains fixed architectures, so there is no search to replay. Its results are on its page and in its report." };
  }
  const size = state.started ? `${exact(state.started.space_size)} architectures share the weights of one supernet` : "The study has not begun";
  const trained = state.supernet.length ? `, trained for ${state.supernet.length} epochs` : "";
  const average = state.averageSpikes === null ? "" : ` On average its paths fire ${short(state.averageSpikes)} spikes per ${sample}.`;
  const next = state.generations.length ? " Now the search evaluates them." : "";
  return { ...silent, count: "Supernet", words: `${size}${trained}.${average}${next}` };
}

/** @param {State} state @param {number} number @returns {Told} */
function generation(state, number) {
  const past = at(state, number);
  const event = state.generations[number];
  const best = state.candidates[event.best];
  const found = best.generation === number ? "found in this generation" : `found in generation ${best.generation + 1}`;
  return {
    count: `Generation ${number + 1} of ${event.generations}`,
    words: `${past.current.length} evaluated, ${past.candidates.length} in total, ${event.front.length} on the front. The fittest is ${best.architecture}, ${found}.`,
    architecture: best.architecture, changed: best.generation === number ? best.changed : [],
    accuracy: best.accuracy, spikes: best.spikes, tag: "validation, supernet",
  };
}

/** @param {State} state @param {string} sample @returns {Told} */
function winner(state, sample) {
  const found = state.finished;
  if (!found) throw new Error("a winner's scene needs a winner");
  const searched = state.candidates[found.candidate];
  const estimate = searched ? ` The search had estimated ${percent(searched.accuracy)} and ${short(searched.spikes)} spikes (validation, supernet).` : "";
  return {
    count: "The winner",
    words: `${found.architecture}, trained from scratch: ${percent(found.test_accuracy)} on the test split with ${short(found.test_spikes)} spikes per ${sample}.${estimate}`,
    architecture: found.architecture, changed: [], accuracy: found.test_accuracy, spikes: found.test_spikes, tag: "test, retrained",
  };
}

/**
 * How long a scene stays, so that a long search still plays within a minute and a short one can be followed.
 * @param {number} count of scenes
 * @param {number} speed
 */
export function pace(count, speed) {
  return Math.min(Math.max(60_000 / Math.max(count, 1), 120), 1600) / speed;
}
