// The recorded quick look as stored events and as the states it goes through; shared by the tests.
import { readFileSync } from "node:fs";
import "./facts.js"; // the blocks, which a page knows
import { initialState, reduce } from "../../frontend/wire/state.js";

export const events = readFileSync(new URL("../fixtures/quick_look.ndjson", import.meta.url), "utf8").trim().split("\n").map((line) => JSON.parse(line));
export const log = events
  .filter((event) => event.kind !== "progress" && event.kind !== "candidate_evaluated")
  .map((event, i) => ({ seq: i + 1, time: "2026-01-01T00:00:00Z", event }));
export const whole = log.reduce(reduce, initialState);

/** The state after the nth event of a kind. */
export function upTo(kind, nth = 1) {
  const places = log.flatMap((stored, i) => (stored.event.kind === kind ? [i] : []));
  return log.slice(0, places[nth - 1] + 1).reduce(reduce, initialState);
}

/** The λ the recorded study searched with. */
export const OWN = -0.08;
export const CHOICES = [0, 1, 2].map(() => ["S", "C3", "C5", "R3", "R5"]);
export const LAYERS = ["search", "max_pool", "search", "search", "max_pool"].map((kind) => ({ kind, channels: 8, stride: 1, candidates: null }));
export const CONFIG = {
  network: { macro: { layers: LAYERS }, candidates: ["skip_connect", "SCB_k3", "SCB_k5", "SRB_k3", "SRB_k5"] },
  search: { fitness_lambda: OWN, ties: "oldest" },
  retrain: { trust: 0 },
};

/** A candidate of one's own making. */
export function candidate(id, change = {}) {
  return { id, generation: 0, architecture: "S-S-S", accuracy: 0.5, spikes: 1000, firing_rate: 0.1, fitness: 0.5, parameters: 10, origin: "random", parents: [], changed: [], ...change };
}
