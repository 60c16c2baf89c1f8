// The form's sections: what most studies set in sight, the rest behind one line that says how much of it is set.

import { h, setText } from "../lib/dom.js";
import { Fields } from "./fields.js";

/** @typedef {"kind" | "macro" | "analysis" | "baselines"} Part what is more than fields made from the schema */
/** @typedef {{name: string, hint?: string, shown: string[], rest: string[], part?: Part, searches?: boolean}} Section `rest` names parents whose other fields follow; `searches` is true where only a search uses it, false where only an analysis does */

/** @type {Section[]} */
const SECTIONS = [
  { name: "Study", shown: ["name", "seed"], rest: [], part: "kind" },
  { name: "Data", shown: ["data.dataset", "data.image_size", "data.train_samples", "data.test_samples", "data.augment"], rest: ["data"] },
  { name: "Search space", shown: [], rest: [], part: "macro" },
  { name: "Neuron and time", shown: ["network.time_steps", "network.neuron.kind", "network.neuron.tau"], rest: ["network", "network.neuron"] },
  { name: "Analysis", hint: "Every architecture of every arm is trained from scratch, once per seed; arms are compared as distributions.", shown: [], rest: [], part: "analysis", searches: false },
  { name: "Supernet training", hint: "One network that holds every candidate block; each batch trains one random path.", shown: ["supernet.epochs", "supernet.batch_size", "supernet.learning_rate"], rest: ["supernet"], searches: true },
  { name: "Search", hint: "Architectures are evaluated on the validation split with the supernet's weights.", shown: ["search.algorithm", "search.generations", "search.population", "search.fitness_lambda"], rest: ["search"], searches: true },
  { name: "Retraining", hint: "The winner, or an analysis's architectures: from scratch on the whole training set.", shown: ["retrain.epochs", "retrain.batch_size", "retrain.learning_rate", "retrain.seeds"], rest: ["retrain"], part: "baselines" },
  { name: "Runtime", shown: ["runtime.threads", "runtime.device"], rest: ["runtime"] },
];

/** @typedef {{ids: string[], count: HTMLElement}} More */

export class Sections {
  /** @type {More[]} */ #more = [];
  /** @type {HTMLElement[]} notes on what an analysis does not use */ #unused = [];
  /** @type {HTMLElement[]} */ #ofAnalysis = [];

  /** @param {Fields} fields */
  constructor(fields) {
    this.fields = fields;
  }

  /** @param {HTMLElement} place @param {Record<Part, HTMLElement[]>} parts */
  build(place, parts) {
    place.replaceChildren(...SECTIONS.map((section) => this.#section(section, parts)));
  }

  /** How much is set behind each closed line, and what an analysis leaves unused. @param {any} config */
  show(config) {
    for (const { ids, count } of this.#more) {
      const own = ids.filter((id) => !this.fields.isDefault(id, config)).length;
      setText(count, own ? `${own} set` : "");
    }
    for (const note of this.#unused) note.hidden = !config.analysis;
    for (const section of this.#ofAnalysis) section.hidden = !config.analysis;
  }

  /** @param {Section} section @param {Record<Part, HTMLElement[]>} parts */
  #section({ name, hint, shown, rest, part, searches }, parts) {
    const others = rest.flatMap((parent) => this.fields.below(parent)).filter((id) => !shown.includes(id));
    const made = h(
      "fieldset",
      { class: "section" },
      h("legend", {}, name),
      ...(hint ? [h("p", { class: "hint lead" }, hint)] : []),
      ...(searches ? [this.#unusedNote()] : []),
      ...(shown.length ? [h("div", { class: "fields" }, ...shown.map((id) => this.fields.make(id)))] : []),
      ...(part ? parts[part] : []),
      ...(others.length ? [this.#closed(name, others)] : []),
    );
    if (searches === false) this.#ofAnalysis.push(made);
    return made;
  }

  #unusedNote() {
    const note = h("p", { class: "notice small", hidden: true }, "Not used: an analysis trains its architectures from scratch.");
    this.#unused.push(note);
    return note;
  }

  /** @param {string} name @param {string[]} ids */
  #closed(name, ids) {
    const count = h("span", { class: "tag" });
    this.#more.push({ ids, count });
    return h("details", { class: "more" }, h("summary", {}, `More of ${name.toLowerCase()} `, count), h("div", { class: "fields" }, ...ids.map((id) => this.fields.make(id))));
  }
}
