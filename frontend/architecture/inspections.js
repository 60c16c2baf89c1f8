// Asks the server to look into the architecture, and follows what was asked until it is answered.

import { got, send } from "../lib/http.js";
import { readTensors } from "./tensors.js";

/** @typedef {import("./types.js").Inspection} Inspection */
/** @typedef {{kind: Inspection["kind"], weights: Inspection["weights"], split: Inspection["split"], sample?: number}} Asked */

const FIRST_MS = 400;
const POLL_MS = 1000;
export const UNREACHABLE = "The server cannot be reached; retrying every second.";

/** @param {Asked | Inspection} asked */
export const keyOf = (asked) => [asked.kind, asked.weights, asked.split, asked.sample ?? ""].join("/");

export class Inspections {
  /** @type {Map<string, Inspection>} */
  #known = new Map();
  /** @type {Set<string>} */
  #followed = new Set();
  /** @type {Map<string, Promise<Map<string, import("./tensors.js").Tensor> | null>>} */
  #tensors = new Map();

  /**
   * @param {string} study
   * @param {string} architecture
   * @param {(changed: Inspection) => void} changed
   */
  constructor(study, architecture, changed) {
    this.url = `/api/studies/${study}/inspections`;
    this.architecture = architecture;
    this.changed = changed;
  }

  /** What was asked earlier, by anybody. Returns whether the server told. */
  async load() {
    /** @type {string | null} */
    let before = "";
    while (before !== null) {
      const { status, data } = await send("GET", `${this.url}?${new URLSearchParams({ architecture: this.architecture, before })}`);
      if (status !== 200) return false;
      for (const one of data.inspections) this.#take(one);
      before = data.next ?? null;
    }
    return true;
  }

  /** @param {Asked} asked */
  get(asked) {
    return this.#known.get(keyOf(asked)) ?? null;
  }

  /** Whether some question is not answered yet. */
  get waiting() {
    return [...this.#known.values()].some(({ state }) => state === "waiting" || state === "running");
  }

  /** Samples that can be shown at once, in order. @param {Inspection["weights"]} weights @param {Inspection["split"]} split */
  samples(weights, split) {
    const done = [...this.#known.values()].filter((one) => one.kind === "sample" && one.state === "done" && one.weights === weights && one.split === split);
    return done.map((one) => Number(one.sample)).sort((a, b) => a - b);
  }

  /** Ask, where it was not asked or has failed. Resolves to what is wrong with the question, "" where nothing is. @param {Asked} asked */
  async ask(asked) {
    const { status, data } = await send("POST", this.url, { ...asked, architecture: this.architecture });
    if (status === 422) return data.problems.map((/** @type {{message: string}} */ p) => p.message).join("; ");
    if (status !== 200 && status !== 201) return data.error ?? `refused (${status})`;
    this.#take(data);
    return "";
  }

  /** The tensors of an answer; null where they are gone. @param {Inspection} found */
  tensors(found) {
    const known = this.#tensors.get(found.id);
    if (known) return known;
    const loading = found.data ? load(found.data) : Promise.resolve(null);
    this.#tensors.set(found.id, loading);
    void loading.then((tensors) => tensors ?? this.#tensors.delete(found.id)); // what failed is asked for again
    return loading;
  }

  /** @param {Inspection} found */
  #take(found) {
    this.#known.set(keyOf(found), found);
    this.changed(found);
    if (found.state === "waiting" || found.state === "running") void this.#follow(found);
  }

  /** @param {Inspection} found */
  async #follow(found) {
    if (this.#followed.has(found.id)) return;
    this.#followed.add(found.id);
    let wait = FIRST_MS;
    for (;;) {
      await new Promise((done) => setTimeout(done, wait));
      wait = POLL_MS;
      const { status, data } = await send("GET", `${this.url}/${found.id}`);
      const now = status === 200 ? data : status === 404 ? { ...found, state: "failed", reason: "it is no longer on the server" } : { ...found, reason: UNREACHABLE };
      this.#known.set(keyOf(now), now);
      this.changed(now);
      if (now.state === "done" || now.state === "failed") break;
    }
    this.#followed.delete(found.id);
  }
}

/** @param {string} url */
function load(url) {
  return got(url, async (answer) => readTensors(await answer.arrayBuffer()));
}
