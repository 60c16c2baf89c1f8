// The study as its events tell it. `reduce` is pure: replaying a log, live or stored, gives the same state.

/** @typedef {import("./events.js").StoredEvent} StoredEvent */
/** @typedef {import("./events.js").Candidate} Candidate */
/** @typedef {import("./events.js").EpochFinished} EpochFinished */
/** @typedef {import("./events.js").GenerationFinished} GenerationFinished */
/**
 * @typedef {{
 *   seq: number,
 *   waiting: Record<number, StoredEvent>,
 *   started: import("./events.js").StudyStarted | null,
 *   phase: import("./events.js").Phase | null,
 *   supernet: EpochFinished[],
 *   averageSpikes: number | null,
 *   candidates: Candidate[],
 *   generations: GenerationFinished[],
 *   retrained: string | null,
 *   retrain: EpochFinished[],
 *   finished: import("./events.js").StudyFinished | null,
 *   trainings: import("./events.js").TrainingFinished[],
 *   analysed: import("./events.js").AnalysisFinished | null,
 *   extended: number,
 *   job: string | null,
 *   log: StoredEvent[],
 *   progress: import("./events.js").Progress | null,
 *   provisional: Candidate[]
 * }} State
 */

/** @type {State} */
export const initialState = Object.freeze({
  seq: 0,
  waiting: {},
  started: null,
  phase: null,
  supernet: [],
  averageSpikes: null,
  candidates: [],
  generations: [],
  retrained: null,
  retrain: [],
  finished: null,
  trainings: [],
  analysed: null,
  extended: 0,
  job: null,
  log: [],
  progress: null,
  provisional: [],
});

/**
 * Apply one stored event. One already applied changes nothing; one from further on waits until the gap is filled.
 * @param {State} state
 * @param {StoredEvent} stored
 * @returns {State}
 */
export function reduce(state, stored) {
  if (stored.seq <= state.seq) return state;
  if (stored.seq > state.seq + 1) return { ...state, waiting: { ...state.waiting, [stored.seq]: stored } };
  let next = { ...apply(state, stored.event), seq: stored.seq, log: [...state.log, stored] };
  if (!hasGap(state)) return next;
  const waiting = { ...state.waiting };
  const log = next.log;
  for (let event = waiting[next.seq + 1]; event; event = waiting[next.seq + 1]) {
    delete waiting[event.seq];
    log.push(event);
    next = { ...apply(next, event.event), seq: event.seq };
  }
  return { ...next, waiting, log };
}

/**
 * Whether events are missing between what is applied and what has arrived.
 * @param {State} state
 */
export function hasGap(state) {
  return Object.keys(state.waiting).length > 0;
}

/**
 * @param {State} state
 * @param {import("./events.js").DurableEvent} event
 * @returns {State}
 */
function apply(state, event) {
  switch (event.kind) {
    case "study_started":
      return { ...state, started: event };
    case "phase_started":
      return { ...state, phase: event.phase, retrained: event.architecture ?? state.retrained, progress: null };
    case "epoch_finished":
      return event.phase === "retrain"
        ? { ...state, retrain: [...state.retrain, event] }
        : { ...state, supernet: [...state.supernet, event] };
    case "supernet_finished":
      return { ...state, averageSpikes: event.average_spikes };
    case "generation_finished":
      return {
        ...state,
        candidates: [...state.candidates, ...event.candidates],
        generations: [...state.generations, event],
        provisional: [],
      };
    case "study_finished":
      return { ...state, finished: event, progress: null };
    case "study_extended":
      return { ...state, extended: event.generations };
    case "training_finished":
      return { ...state, trainings: [...state.trainings, event] };
    case "analysis_finished":
      return { ...state, analysed: event, progress: null };
    case "state_changed":
      return { ...state, job: event.state, ...(event.state === "running" ? {} : { progress: null, provisional: [] }) };
    default:
      return state; // an event kind of a later version: shown in the log, otherwise ignored
  }
}

/**
 * Apply what is shown but not stored; it is dropped when its durable event arrives.
 * @param {State} state
 * @param {import("./events.js").ProvisionalEvent} event
 * @returns {State}
 */
export function applyProvisional(state, event) {
  if (event.kind === "progress") return { ...state, progress: event };
  const { candidate } = event;
  if (candidate.id < state.candidates.length) return state;
  const others = state.provisional.filter((c) => c.id !== candidate.id && c.generation === candidate.generation);
  return { ...state, provisional: [...others, candidate].sort((a, b) => a.id - b.id) };
}

/**
 * How many generations the search has: as planned, or, once it is over, as many as there were.
 * @param {State} state
 */
export function plannedGenerations(state) {
  const over = state.phase === "retrain" || state.finished !== null || state.job === "succeeded" || state.job === "cancelled";
  return over ? state.generations.length : Math.max(state.extended, state.generations.at(-1)?.generations ?? 0);
}

/**
 * What was known when a generation (counted from 0) had just finished. Candidates lie in order of their generations.
 * @param {State} state
 * @param {number} generation
 * @returns {{candidates: Candidate[], current: Candidate[], event: GenerationFinished | null}}
 */
export function at(state, generation) {
  const end = endOf(state.candidates, generation);
  return {
    candidates: end === state.candidates.length ? state.candidates : state.candidates.slice(0, end),
    current: state.candidates.slice(endOf(state.candidates, generation - 1), end),
    event: state.generations[generation] ?? null,
  };
}

/** How many candidates belong to a generation or an earlier one. @param {Candidate[]} candidates @param {number} generation */
function endOf(candidates, generation) {
  let [low, high] = [0, candidates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (candidates[middle].generation <= generation) low = middle + 1;
    else high = middle;
  }
  return low;
}
