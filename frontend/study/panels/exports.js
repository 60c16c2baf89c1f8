// The winner in other formats: each asked for, followed until it is made, with what its proof found.

import { h } from "../../lib/dom.js";
import { exact, percent } from "../../lib/format.js";
import { send } from "../../lib/http.js";

/**
 * @typedef {{flips: number, compared: number, flipped_answers: number, samples: number, float64_flips: number | null,
 *   smallest_margin: number, accuracy: number | null, spikes: number, interpreter: string}} Report
 */
/** @typedef {{id: string, to: string, state: "waiting" | "running" | "done" | "failed", reason: string, report: Report | null, file: string | null}} Made */
/** @typedef {{to: string, label: string, holds: string, obstacles: string[]}} Format */
/** @typedef {{send: (method: "GET" | "POST", url: string, body?: unknown) => Promise<{status: number, data: any}>, later: (run: () => void, ms: number) => unknown}} Browser */

const POLL_MS = 1_000;

/** @type {Browser} */
const realBrowser = { send, later: (run, ms) => setTimeout(run, ms) };

/** Closed at first; listed when it is opened. */
export class Exports {
  #body = h("div", {}, h("p", { class: "muted small" }, "Loading …"));
  #problem = h("p", { class: "problem", role: "alert", hidden: true });
  /** @type {Format[]} */
  #formats = [];
  /** @type {Map<string, Made>} by format */
  #made = new Map();

  /** @param {string} study @param {Browser} browser */
  constructor(study, browser = realBrowser) {
    this.url = `/api/studies/${study}/exports`;
    this.browser = browser;
    this.element = /** @type {HTMLDetailsElement} */ (h("details", { class: "exports" }, h("summary", {}, "Export to NIR, ONNX, pt2, SpikingJelly"), this.#body, this.#problem));
    this.element.addEventListener("toggle", () => this.element.open && void this.load());
  }

  /** Every format, and what was made of it. */
  async load() {
    const { status, data } = await this.browser.send("GET", this.url);
    if (status !== 200) return this.#say(problem(status, data));
    this.#formats = data.formats;
    for (const one of data.exports) this.#put(one);
    this.#draw();
  }

  /** @param {string} to */
  async ask(to) {
    const { status, data } = await this.browser.send("POST", this.url, { to });
    if (status !== 200 && status !== 201) return this.#say(problem(status, data));
    this.#put(data);
    this.#draw();
  }

  /** @param {Made} one */
  #put(one) {
    this.#say("");
    this.#made.set(one.to, one);
    if (one.state === "waiting" || one.state === "running") this.browser.later(() => void this.#look(one), POLL_MS);
  }

  /** @param {Made} one */
  async #look(one) {
    const { status, data } = await this.browser.send("GET", `${this.url}/${one.id}`);
    if (status === 200) this.#put(data);
    else if (status === 0 || status >= 500) this.#put(one);
    else this.#say(problem(status, data));
    this.#draw();
  }

  /** @param {string} text */
  #say(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = !text;
  }

  #draw() {
    this.#body.replaceChildren(
      h("p", { class: "small muted" }, "Each export runs beside the network and compares every spike; what does not agree is not offered. ", h("a", { href: "/docs/exports" }, "Exporting a trained network")),
      h("ul", {}, ...this.#formats.map((format) => this.#row(format))),
    );
  }

  /** @param {Format} format */
  #row(format) {
    const [words, action] = this.#told(format);
    return h("li", {}, h("div", { class: "row" }, h("h3", {}, format.label), h("span", { class: "small muted" }, format.holds), action), h("p", { class: "small", role: "status" }, words));
  }

  /** What is known of an export, and what can be done. @param {Format} format @returns {[string, HTMLElement | string]} */
  #told(format) {
    const made = this.#made.get(format.to);
    if (format.obstacles.length) return [`Not possible: ${format.obstacles.join("; ")}`, ""];
    if (!made) return ["", this.#button(format, "Make")];
    if (made.state === "failed") return [`Not offered: ${made.reason}`, this.#button(format, "Try again")];
    if (made.state !== "done" || !made.report || !made.file) return [made.state === "running" ? "being made and compared …" : "waiting …", ""];
    return [proof(made.report), h("a", { class: "button", href: made.file, download: true, "aria-label": `Download: ${format.label}` }, "Download")];
  }

  /** @param {Format} format @param {string} text */
  #button(format, text) {
    const button = h("button", { type: "button", "aria-label": `${text}: ${format.label}` }, text);
    button.addEventListener("click", () => void this.ask(format.to));
    return button;
  }
}

/** What the proof found, in words. @param {Report} report */
export function proof(report) {
  const double = report.float64_flips === null ? "" : `, ${exact(report.float64_flips)} in float64`;
  const accuracy = report.accuracy === null ? "" : `accuracy ${percent(report.accuracy)}, `;
  return (
    `${exact(report.flips)} of ${exact(report.compared)} spikes differ${double}, ${exact(report.flipped_answers)} of ${exact(report.samples)} answers; ` +
    `${accuracy}N ${exact(report.spikes)}; smallest margin ${margin(report.smallest_margin)} (${report.interpreter})`
  );
}

/** 4.93e-8 → "4.9·10⁻⁸"; 0 is a potential exactly on θ. @param {number} value */
function margin(value) {
  if (value === 0) return "0";
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}·10${[...power.replace("+", "")].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("")}`;
}

/** @param {number} status @param {any} data */
function problem(status, data) {
  if (Array.isArray(data?.problems) && data.problems.length) return data.problems.map((/** @type {any} */ p) => p.message).join("; ");
  return data?.error ?? `The server answered ${status}.`;
}
