// Evaluations on request: an architecture the search has not evaluated, on the supernet. Asked once, then looked after until done.

import { send } from "../lib/http.js";

/** @typedef {{accuracy: number, spikes: number, firing_rate: number, fitness: number, parameters: number}} Result */
/** @typedef {"waiting" | "running" | "done" | "failed" | "refused"} Stage */
/** @typedef {{id: string, architecture: string, state: Stage, reason: string, result: Result | null}} Inspection */
/** @typedef {{send: (method: "GET" | "POST", url: string, body?: unknown) => Promise<{status: number, data: any}>, later: (run: () => void, ms: number) => unknown}} Browser */

const POLL_MS = 1_000;
const RELIST_MS = 10_000;

/** @type {Browser} */
const realBrowser = { send, later: (run, ms) => setTimeout(run, ms) };

export class Inspections {
  /**
   * @param {string} study
   * @param {() => void} changed
   * @param {Browser} browser
   */
  constructor(study, changed, browser = realBrowser) {
    this.url = `/api/studies/${study}/inspections`;
    this.changed = changed;
    this.browser = browser;
    /** @type {Map<string, Inspection>} by architecture */
    this.all = new Map();
    this.version = 0;
    this.listed = false;
    /** @type {string | null} the cursor of the page to list next, null after the last */
    this.before = "";
  }

  /** Those that are done. @returns {Inspection[]} */
  done() {
    return [...this.all.values()].filter((one) => one.result);
  }

  /** Everything that was asked before, once, page by page; after an outage from the page that did not come. */
  async list() {
    if (this.listed) return;
    this.listed = true;
    while (this.before !== null) {
      const { status, data } = await this.browser.send("GET", `${this.url}?kind=evaluation&brief=1&before=${this.before}`);
      if (status !== 200) {
        if (status === 0 || status >= 500) this.browser.later(() => this.relist(), RELIST_MS);
        return;
      }
      for (const one of data.inspections) this.put(one.architecture, one);
      this.before = data.next ?? null;
    }
  }

  relist() {
    this.listed = false;
    this.changed();
  }

  /** Ask for one; the same architecture is asked for once. @param {string} architecture */
  async ask(architecture) {
    const before = this.all.get(architecture);
    if (before && before.state !== "failed" && before.state !== "refused") return;
    this.put(architecture, { id: "", architecture, state: "waiting", reason: "", result: null });
    const { status, data } = await this.browser.send("POST", this.url, { kind: "evaluation", architecture });
    if (status === 200 || status === 201) this.put(architecture, data);
    else this.put(architecture, { id: "", architecture, state: "refused", reason: problem(status, data), result: null });
  }

  /** @param {string} architecture @param {Inspection} one */
  put(architecture, one) {
    this.all.set(architecture, { ...one, architecture });
    this.version += 1;
    this.changed();
    if (one.id && (one.state === "waiting" || one.state === "running")) this.browser.later(() => void this.look(architecture, one.id), POLL_MS);
  }

  /** @param {string} architecture @param {string} id */
  async look(architecture, id) {
    const { status, data } = await this.browser.send("GET", `${this.url}/${id}`);
    const known = this.all.get(architecture);
    if (status === 200) this.put(architecture, data);
    else if (known) this.put(architecture, status === 0 || status >= 500 ? known : { ...known, state: "refused", reason: problem(status, data) });
  }
}

/** @param {number} status @param {any} data */
function problem(status, data) {
  if (Array.isArray(data?.problems) && data.problems.length) return data.problems.map((/** @type {any} */ p) => p.message).join("; ");
  return data?.error ?? `The server answered ${status}.`;
}
