// The wire form of every event, as engine/events.py defines it, and of what the web application adds.

/** @typedef {"supernet" | "search" | "retrain" | "analysis"} Phase */
/** @typedef {{name: string, kind: string, channels: number, height: number, width: number}} LayerInfo */
/**
 * @typedef {{
 *   id: number, generation: number, architecture: string, accuracy: number, spikes: number, firing_rate: number,
 *   fitness: number, parameters: number, origin: "random" | "mutation" | "crossover" | "enumerated" | "proposed",
 *   parents: number[], changed: number[], spike_map?: string
 * }} Candidate
 */
/**
 * @typedef {{
 *   kind: "study_started", config_digest: string, space_size: number, time_steps: number, layers: LayerInfo[],
 *   train_samples: number, validation_samples: number, test_samples: number,
 *   data_digest: string, data_note: string, device: string
 * }} StudyStarted
 */
/** @typedef {{kind: "phase_started", phase: Phase, architecture: string | null}} PhaseStarted */
/**
 * @typedef {{
 *   kind: "epoch_finished", phase: Phase, epoch: number, epochs: number, loss: number, accuracy: number,
 *   spikes: number, test_accuracy: number | null, test_spikes: number | null
 * }} EpochFinished
 */
/** @typedef {{kind: "supernet_finished", average_spikes: number}} SupernetFinished */
/**
 * @typedef {{
 *   kind: "generation_finished", generation: number, generations: number, candidates: Candidate[], best: number,
 *   parents: number[], front: number[], hypervolume: number, reference_spikes: number
 * }} GenerationFinished
 */
/**
 * @typedef {{
 *   kind: "study_finished", candidate: number, architecture: string, test_accuracy: number, test_spikes: number,
 *   firing_rate: number, best_test_accuracy: number, parameters: number, spike_map: string,
 *   spikes_by_layer: Record<string, number>, checkpoint: string, sha256: string
 * }} StudyFinished
 */
/**
 * @typedef {{
 *   kind: "training_finished", number: number, trainings: number, arm: string, architecture: string, seed: number,
 *   epochs: number, loss: number[], accuracy: number[], test_accuracy: number, test_spikes: number, firing_rate: number,
 *   parameters: number, spikes_by_layer: Record<string, number>, search_accuracy: number | null,
 *   validation_accuracy?: number | null, validation_spikes?: number | null, effective_macs?: number | null,
 *   effective_acs?: number | null
 * }} TrainingFinished
 */
/** @typedef {{n: number, mean: number, deviation: number | null, minimum: number, maximum: number}} Spread */
/** @typedef {{arm: string, seeds: number[], epochs: number, accuracy: Spread, spikes: Spread, firing_rate: Spread}} ArmResult */
/** @typedef {{row: string, quantity: string, unit: string, paper: number | null, here: number | null, tag: string}} PaperAndHere */
/** @typedef {{tau: number, low: number | null, high: number | null, confidence: number, n: number, p_value?: number | null, better_than_chance?: boolean | null}} Trust low and high: null below 10 networks; no p_value in older events */
/** @typedef {{kind: "analysis_finished", arms: ArmResult[], comparison: PaperAndHere[], trust: Trust | null, note: string}} AnalysisFinished */
/** @typedef {{kind: "state_changed", state: string, reason: string}} StateChanged */
/**
 * @typedef {{
 *   kind: "progress", phase: Phase, done: number, total: number, message: string, seconds_left: number | null,
 *   loss: number | null, accuracy: number | null, spikes: number | null
 * }} Progress
 */
/** @typedef {{kind: "study_extended", config_digest: string, generations: number}} StudyExtended */
/** @typedef {{kind: "candidate_evaluated", candidate: Candidate}} CandidateEvaluated */
/**
 * @typedef {StudyStarted | PhaseStarted | EpochFinished | SupernetFinished | GenerationFinished | StudyFinished | StudyExtended
 *   | TrainingFinished | AnalysisFinished | StateChanged} DurableEvent
 */
/** @typedef {Progress | CandidateEvaluated} ProvisionalEvent */
/** @typedef {{seq: number, time: string, event: DurableEvent}} StoredEvent */
/** @typedef {{code: string, message: string, advice: string}} ResultWarning */
/**
 * What pages know of a study without its events; the study's own page also what makes its results worth little, and a note on its spikes.
 * @typedef {{
 *   id: string, name: string, state: string, phase: string, reason: string, request: string, progress: number,
 *   reason_code: string, ending: "" | "result" | "retrain", priority: "low" | "normal" | "high", archived: boolean, waits: string,
 *   seconds_left: number | null, owner: string, dataset: string, dataset_title: string, space_size: number, time_steps: number,
 *   generation: number, generations: number,
 *   best: {architecture: string, accuracy: number, spikes: number, tag: string} | null,
 *   compute_seconds: number, created: string, started: string | null, finished: string | null,
 *   config: any, config_digest: string, last_seq: number,
 *   downloads: {zip: string, bytes: number, name: string, code: boolean, samples: boolean} | null, may_edit: boolean, repeat?: string | null,
 *   warnings?: ResultWarning[], spike_note?: string
 * }} Summary
 */

export {};
