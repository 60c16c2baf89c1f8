// Launching: never what is known to be invalid, and the button says why not.

import { byId, h, setText } from "../lib/dom.js";
import { Once } from "../lib/idempotent.js";
import { nearest, showProblems } from "./fields.js";
import { refusal } from "./server.js";
import { place } from "./words.js";

/** @typedef {import("./server.js").Problem} Problem */

export class Launch {
  /** @type {Problem[]} */ #problems = [];
  #checked = false;
  #under = false;
  #once = new Once();
  #button = /** @type {HTMLButtonElement} */ (byId("launch"));

  /** @param {() => {config: any, seeds: unknown}} study @param {() => void} launched */
  constructor(study, launched) {
    this.study = study;
    this.launched = launched;
    this.#button.addEventListener("click", () => void this.#start());
    byId("goto").addEventListener("click", () => this.goToProblem());
  }

  get running() {
    return this.#under;
  }

  /** What the server found wrong with the config; none = it may be launched. @param {Problem[]} problems */
  check(problems) {
    this.#problems = problems;
    this.#checked = true;
    this.draw();
  }

  /** Problems of one field are gone, for it has changed. @param {string} field */
  forgive(field) {
    this.#problems = this.#problems.filter((problem) => problem.field !== field);
    this.draw();
  }

  draw() {
    const homeless = showProblems(this.#problems);
    byId("problems").replaceChildren(...homeless.map((p) => h("p", { class: "problem" }, p.field ? `${p.field}: ${p.message}` : p.message)));
    const [first, ...more] = this.#problems;
    this.#button.disabled = !this.#checked || Boolean(first) || this.#under;
    setText(byId("why"), this.#under ? "Launching …" : first ? why(first, more.length) : "");
    byId("why").classList.toggle("bad", Boolean(first));
    byId("goto").hidden = !first || homeless.includes(first);
  }

  /** Focus the first field that is wrong. */
  goToProblem() {
    const [first] = this.#problems;
    const line = first && nearest(first.field);
    if (!line) return;
    const input = document.getElementById(first.field) ?? line.parentElement?.querySelector("input, select, button");
    (input ?? line).scrollIntoView({ block: "center" });
    /** @type {HTMLElement | null | undefined} */ (input)?.focus();
  }

  async #start() {
    if (this.#under || this.#problems.length) return;
    this.#under = true;
    this.draw();
    const answer = await this.#once.post("/api/studies", this.study());
    this.#under = false;
    if (answer.status === 201 || answer.status === 200) { // 200: the one whose answer was lost
      this.launched();
      location.assign(answer.data.url);
      return;
    }
    const refused = answer.status === 422;
    say(refused ? "" : refusal(answer));
    this.check(refused ? answer.data.problems : []);
    this.goToProblem();
  }
}

/** What stands between a person and the server. @param {string} text */
export function say(text) {
  setText(byId("trouble"), text);
  byId("trouble").hidden = !text;
}

/** @param {Problem} first @param {number} more */
function why({ field, message }, more) {
  const where = field ? `${place(field.split("."))}: ` : "";
  return `Cannot launch: ${where}${message}${more ? ` (and ${more} more)` : ""}.`;
}
