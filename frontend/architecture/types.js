// What the page of an architecture is given by the server, and what inspections answer.

/** @typedef {"supernet" | "retrained"} Weights */
/** @typedef {"validation" | "test"} Split */
/** @typedef {{name: string, block: string, shape: number[], parameters: number, macs: number, sites: number}} Row */
/** @typedef {{number: number, architecture: string, accuracy: number, spikes: number}} Other */
/**
 * @typedef {{accuracy: number, spikes: number, firing_rate: number, fitness: number | null, parameters: number,
 *   spike_map: string, number?: number, generation?: number, samples?: number}} Evaluated
 */
/**
 * @typedef {{study: {id: string, name: string, state: string, searches: boolean}, architecture: string, macro: import("../domain/genome.js").Layer[],
 *   time_steps: number, neuron: string, votes_per_class: number, encoding: string,
 *   input: {channels: number, height: number, width: number, classes: number}, rows: Row[], saturated_at: number, spike_note: string,
 *   output_elements: import("../domain/blocks.js").Elements,
 *   trained: {supernet: string, retrained: string, winner: string | null, samples: Record<Split, number>},
 *   evaluated: Evaluated | null, retrained: import("../wire/events.js").StudyFinished | null, others: Other[]}} Page
 */
/** @typedef {{name: string, block: string, spikes: number[], layers: {shape: number[], tensor: string | null}[]}} SampleRow */
/**
 * @typedef {{split: Split, weights: Weights, sample: number, samples: number, class_names: string[], label: number,
 *   decisions: (number | null)[], prediction: number | null, decided_at: number | null, spikes: number, encoding: string,
 *   rows: SampleRow[]}} SampleResult
 */
/**
 * @typedef {{name: string, block: string, neurons: number, dead: number, saturated: number, mean_rate: number | null,
 *   highest_rate: number | null, histogram: number[]}} ActivityRow
 */
/**
 * @typedef {{accuracy: number, spikes: number, samples: number, split: Split, weights: Weights, total: number,
 *   class_names: string[], class_samples: number[], saturated_at: number, rows: ActivityRow[], note?: string}} ActivityResult
 */
/**
 * @typedef {{id: string, kind: "evaluation" | "sample" | "activity", architecture: string, weights: Weights, split: Split,
 *   sample: number | null, state: "waiting" | "running" | "done" | "failed", reason: string, result: any, data: string | null,
 *   ahead: number | null}} Inspection
 */
export {};
