// The form's sections: what most studies set in sight, the rest behind one line that says how much of it is set.

import { h, setText } from "../dom.js";
import { Fields } from "./fields.js";

/** @typedef {{name: string, hint?: string, shown: string[], rest: string[], macro?: true, searches?: true}} Section `rest` names parents whose other fields follow */

/** @type {Section[]} */
const SECTIONS = [
  { name: "Study", shown: ["name", "seed"], rest: [] },
  { name: "Data", shown: ["data.dataset", "data.image_size", "data.train_samples", "data.test_samples", "data.augment"], rest: ["data"] },
  { name: "Search space", shown: [], rest: [], macro: true },
  { name: "Neuron and time", shown: ["network.time_steps", "network.neuron.kind", "network.neuron.tau"], rest: ["network", "network.neuron"] },
  { name: "Supernet training", hint: "One network that holds every architecture; each batch trains one path drawn at random.", shown: ["supernet.epochs", "supernet.batch_size", "supernet.learning_rate"], rest: ["supernet"], searches: true },
  { name: "Search", hint: "Architectures are judged on the validation split with the supernet's weights.", shown: ["search.algorithm", "search.generations", "search.population", "search.fitness_lambda"], rest: ["search"], searches: true },
  { name: "Retraining", hint: "The winner, from scratch on the whole training set.", shown: ["retrain.epochs", "retrain.batch_size", "retrain.learning_rate", "retrain.seeds"], rest: ["retrain"] },
  { name: "Runtime", shown: ["runtime.threads", "runtime.device"], rest: [] },
];
export const PARTS = ["data", "network", "supernet", "search", "retrain", "runtime"];

/** @typedef {{ids: string[], count: HTMLElement}} More */

export class Sections {
  /** @type {More[]} */ #more = [];
  /** @type {HTMLElement[]} */ #searching = [];

  /** @param {Fields} fields */
  constructor(fields) {
    this.fields = fields;
  }

  /** @param {HTMLElement} place @param {HTMLElement[]} macro the editor of the search space */
  build(place, macro) {
    place.replaceChildren(...SECTIONS.map((section) => this.#section(section, macro)));
  }

  /** How much is set behind each closed line, and whether a search happens at all. @param {any} config */
  show(config) {
    for (const { ids, count } of this.#more) {
      const own = ids.filter((id) => !this.fields.isDefault(id, config)).length;
      setText(count, own ? `${own} set` : "");
    }
    for (const note of this.#searching) note.hidden = !config.analysis;
  }

  /** @param {Section} section @param {HTMLElement[]} macro */
  #section({ name, hint, shown, rest, macro: isMacro, searches }, macro) {
    const parts = isMacro ? macro : [h("div", { class: "fields" }, ...shown.map((id) => this.fields.make(id)))];
    const others = rest.flatMap((parent) => this.fields.below(parent)).filter((id) => !shown.includes(id));
    if (others.length) parts.push(this.#closed(name, others));
    const lead = hint ? [h("p", { class: "hint lead" }, hint)] : [];
    if (searches) {
      const note = h("p", { class: "notice small", hidden: true }, "Not used: an analysis trains its architectures from scratch.");
      this.#searching.push(note);
      lead.push(note);
    }
    return h("fieldset", { class: "section" }, h("legend", {}, name), ...lead, ...parts);
  }

  /** @param {string} name @param {string[]} ids */
  #closed(name, ids) {
    const count = h("span", { class: "tag" });
    this.#more.push({ ids, count });
    return h("details", { class: "more" }, h("summary", {}, `More of ${name.toLowerCase()} `, count), h("div", { class: "fields" }, ...ids.map((id) => this.fields.make(id))));
  }
}
