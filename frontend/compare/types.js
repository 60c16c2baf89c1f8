// What /api/compare answers, as webapp/compare/views.py makes it.

/** @typedef {import("../domain/genome.js").Layer} Layer */
/** @typedef {{architecture: string, accuracy: number, spikes: number, parameters: number, tag: string}} Point */
/** @typedef {Point & {number: number, generation: number, fitness: number}} Evaluated */
/**
 * @typedef {{
 *   id: string, url: string, name: string, state: string, owner: string, seed: number, search_seed: number, digest: string, data: string,
 *   sample: string, time_steps: number, fitness_lambda: number, average_spikes: number | null, layers: Layer[],
 *   validation_samples: number | null, judged: number, front: Evaluated[], best: Evaluated | null, knee: Evaluated | null,
 *   winner: Point | null, hypervolume: number | null
 * }} Compared
 */
/** @typedef {{path: string, values: (string | null)[]}} Difference */
/** @typedef {{kind: string, message: string}} Warning */
/** @typedef {{name: string, block: string, neurons: number, spikes: number}} Row */
/**
 * `map` is base64 of little-endian float32 [rows, steps]. Where there is a `problem` there are no numbers.
 * @typedef {{
 *   study: string, name: string, seed: number, key: string, layers: Layer[], sample: string, spike_note: string, architecture: string,
 *   problem: string | null, tag: string, accuracy: number, spikes: number, parameters: number, rate: number,
 *   steps: number, map: string, rows: Row[]
 * }} Network
 */
/**
 * @typedef {{
 *   studies: Compared[], reference: {accuracy: number, spikes: number}, differences: Difference[], warnings: Warning[],
 *   result_warnings: Warning[],
 *   architectures: Network[], architecture_warnings: Warning[]
 * }} Comparison
 */
/** @typedef {{id: string, name: string, state: string, owner: string, data: string, seed: number, created: string}} Choice */

export {};
