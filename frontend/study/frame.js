// What every panel draws from: the study as of one generation, ranked at one λ. Made anew only where something changed.

import { at, plannedGenerations } from "../wire/state.js";
import { fitness, winner } from "../domain/ranking.js";

/** @typedef {import("../wire/events.js").Candidate} Candidate */
/** @typedef {import("../wire/state.js").State} State */
/** @typedef {import("./view.js").View} View */
/**
 * @typedef {{
 *   live: boolean, shown: number, total: number, planned: number,
 *   candidates: Candidate[], current: Candidate[], estimating: boolean,
 *   front: Candidate[], frontIds: Set<number>, parents: Set<number>, event: import("../wire/events.js").GenerationFinished | null,
 *   rule: import("../domain/ranking.js").Rule, fitness: (c: Candidate) => number,
 *   best: Candidate | null, engineBest: Candidate | null
 * }} Frame `candidates` are all evaluated until then; `best` is the fittest at the chosen λ, `engineBest` at the study's own
 */

/** The generation of a view, counted from 0, and how many there are; −1 of 0 before the first. @param {State} state @param {View} view */
export function position(state, view) {
  const total = state.generations.length;
  return { shown: Math.min(view.generation ?? Infinity, total - 1), total };
}

/** @typedef {{fitness_lambda: number, ties?: import("../domain/ranking.js").Ties, objective?: string}} Search a study's; without `ties` it was stored before there was a choice; `objective` is one of one's own */

/** Whether fitness is an objective of one's own, which only the engine computes. @param {Search} search */
export function ownObjective({ objective = "autosnn" }) {
  return objective !== "autosnn";
}

/** @param {State} state @param {View} view @param {Search} search @returns {Frame} */
export function makeFrame(state, view, search) {
  const { shown, total } = position(state, view);
  const live = view.generation === null;
  const past = at(state, shown);
  const estimating = live && state.provisional.length > 0;
  const own = search.fitness_lambda;
  const fixed = ownObjective(search);
  const rule = { average: state.averageSpikes ?? 0, own, lambda: fixed ? own : (view.lambda ?? own), ties: search.ties ?? "oldest", fixed };
  const ids = past.event?.front ?? [];
  return {
    live, shown, total, planned: plannedGenerations(state),
    candidates: past.candidates, current: estimating ? state.provisional : past.current, estimating,
    front: ids.map((id) => state.candidates[id]), frontIds: new Set(ids), parents: new Set(past.event?.parents ?? []), event: past.event,
    rule, fitness: (c) => fitness(c, rule),
    best: winner(past.candidates, rule), engineBest: past.event ? (state.candidates[past.event.best] ?? null) : null,
  };
}

/** `makeFrame` that remembers its last answer. @param {Search} search @returns {(state: State, view: View) => Frame} */
export function frames(search) {
  /** @type {unknown[]} */
  let key = [];
  /** @type {Frame} */
  let frame;
  return (state, view) => {
    const next = [state.candidates, state.provisional, state.averageSpikes, plannedGenerations(state), view.generation, view.lambda];
    if (next.some((part, i) => part !== key[i])) [key, frame] = [next, makeFrame(state, view, search)];
    return frame;
  };
}
