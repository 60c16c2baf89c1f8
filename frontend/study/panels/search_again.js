// "Search again at this λ": searches on the supernet that is there, one for each λ that stands in the field.

import { byId, h, setText } from "../../lib/dom.js";
import { Once } from "../../lib/idempotent.js";

/** @typedef {import("../../wire/events.js").Summary} Summary */

/** Numbers of a text with commas between; null where one is none. A true minus is a minus. @param {string} text @returns {number[] | null} */
export function numbersOf(text) {
  const words = text.replaceAll("−", "-").split(",").map((word) => word.trim()).filter(Boolean);
  const found = words.map(Number);
  return found.some(Number.isNaN) ? null : found;
}

export class SearchAgain {
  /** @param {Summary} summary @param {() => void} made what is done when several searches were begun */
  constructor(summary, made) {
    this.id = summary.id;
    this.made = made;
    this.typed = false;
    this.launch = new Once();
    this.form = /** @type {HTMLFormElement} */ (byId("search-again"));
    const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (byId(`again-${name}`));
    this.name = field("name");
    this.lambdas = field("lambdas");
    this.seeds = field("seeds");
    this.retrain = field("retrain");
    this.name.defaultValue = summary.name;
    this.lambdas.addEventListener("input", () => (this.typed = this.lambdas.value !== ""));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
  }

  /** Offered where there is a supernet to search; the field has the slider's λ until a person writes there. @param {boolean} offered @param {number} lambda */
  render(offered, lambda) {
    byId("search-again-box").hidden = !offered;
    if (!this.typed) this.lambdas.value = String(Number(lambda.toFixed(3)));
  }

  async send() {
    const [lambdas, seeds] = [this.lambdas.value, this.seeds.value].map(numbersOf);
    if (!lambdas || !seeds) return this.tell(`${lambdas ? "Seeds" : "λ"}: numbers with commas between, such as ${lambdas ? "0, 1, 2" : "0, -0.08, -0.16"}.`);
    const body = { name: this.name.value, lambdas, ...(seeds.length ? { seeds } : {}), retrain: this.retrain.checked };
    const { status, data } = await this.launch.post(`/api/studies/${this.id}/sweep`, body);
    if (status !== 200 && status !== 201) return this.tell(problemsOf(data) || `the server answered ${status}`);
    if (data.studies === 1) return location.assign(data.url);
    this.tell("");
    this.typed = false;
    setText(byId("again-done"), `${data.studies} searches are queued; they stand below.`);
    this.made();
  }

  /** @param {string} problem */
  tell(problem) {
    setText(byId("again-done"), "");
    const place = byId("again-problem");
    place.hidden = !problem;
    place.replaceChildren(...(problem ? [h("span", {}, problem)] : []));
  }
}

/** @param {{error?: string, problems?: {field: string, message: string}[]}} data */
function problemsOf(data) {
  return data.error ?? (data.problems ?? []).map((one) => (one.field ? `${one.field}: ${one.message}` : one.message)).join("; ");
}
