// An analysis in place of a search: its arms, each a list of genomes, a random sample or a baseline.

import { h } from "../lib/dom.js";
import { codecOf, problemLine } from "./fields.js";
import { get, set } from "./schema.js";

/** @typedef {import("./baselines.js").Plan} Plan */
/** @typedef {{label: string, architectures: string[], random: number, zoo: string | null, network: any, data: any, retrain: any}} Arm */

const ARMS = ["analysis", "arms"];
const OWN = { network: "its own search space", data: "its own data", retrain: "its own recipe" };
/** @type {import("./fields.js").Codec} */
const GENOMES = { read: (value) => (Array.isArray(value) ? value.join(" ") : ""), write: (text) => text.split(/[\s,]+/).filter(Boolean) };
const NUMBER = codecOf({ schema: { type: "integer" }, optional: false, description: "" });
const MAYBE_NUMBER = codecOf({ schema: { type: "integer" }, optional: true, description: "" });
const TEXT = codecOf({ schema: { type: "string" }, optional: false, description: "" });

export class Analysis {
  #drawn = "";
  #last = /** @type {any} what was switched off, so that switching on brings it back */ (null);
  #list = h("ol", { class: "arms" });
  /** @type {HTMLInputElement[]} */ #kinds = [];

  /** @param {import("./fields.js").Fields} fields @param {Plan[]} zoo @param {(next: any) => void} change */
  constructor(fields, zoo, change) {
    this.fields = fields;
    this.zoo = zoo;
    this.change = change;
    this.config = /** @type {any} */ (null);
  }

  /** The choice between a search and an analysis. */
  kind() {
    const choice = (/** @type {string} */ value, /** @type {string} */ words) => {
      const input = /** @type {HTMLInputElement} */ (h("input", { type: "radio", name: "kind", value, id: `kind-${value}` }));
      input.addEventListener("change", () => this.#switch(value === "analysis"));
      this.#kinds.push(input);
      return h("label", { class: "choice" }, input, words);
    };
    return h("div", { class: "choices", role: "radiogroup", "aria-label": "Kind of study" }, choice("search", "Search a space"), choice("analysis", "Train a list of architectures"));
  }

  /** @returns {HTMLElement[]} */
  parts() {
    const add = h("button", { type: "button", "data-focus": "add-arm" }, "Add an arm");
    add.addEventListener("click", () => this.#put([...this.#arms(), newArm(this.#arms())]));
    const seeds = /** @type {HTMLInputElement} */ (h("input", { id: "analysis.seeds", inputmode: "numeric", autocomplete: "off", "aria-describedby": "analysis.seeds-hint analysis.seeds-problem" }));
    this.fields.bind(["analysis", "seeds"], seeds, NUMBER);
    return [
      h("div", { class: "fields" }, h("div", { class: "field" }, h("label", { for: seeds.id }, "Seeds"), seeds, h("p", { class: "hint", id: "analysis.seeds-hint" }, "trainings per architecture (1 to 100)"), problemLine("analysis.seeds"))),
      this.#list,
      h("p", { class: "row-buttons" }, add),
      problemLine("analysis"),
    ];
  }

  /** @param {any} config */
  show(config) {
    this.config = config;
    for (const input of this.#kinds) input.checked = (input.value === "analysis") === Boolean(config.analysis);
    const arms = this.#arms();
    const structure = JSON.stringify(arms.map((arm) => own(arm)));
    if (structure === this.#drawn) return;
    this.#drawn = structure;
    this.fields.forget(ARMS.join("."));
    this.#list.replaceChildren(...arms.map((arm, i) => this.#arm(arm, i, arms.length)));
  }

  /** @returns {Arm[]} */
  #arms() {
    const found = get(this.config, ARMS);
    return Array.isArray(found) ? found : [];
  }

  /** @param {Arm[]} arms */
  #put(arms) {
    this.change(set(this.config, ARMS, arms));
  }

  /** @param {boolean} on */
  #switch(on) {
    if (!on) this.#last = this.config.analysis;
    this.change({ ...this.config, analysis: on ? this.#last ?? { arms: [newArm([])], seeds: 1, table: null } : null });
  }

  /** @param {Arm} arm @param {number} i @param {number} count */
  #arm(arm, i, count) {
    const remove = h("button", { type: "button", class: "quiet", "aria-label": `Remove arm ${i + 1}`, disabled: count === 1 }, "Remove");
    remove.addEventListener("click", () => this.#put(this.#arms().filter((_, k) => k !== i)));
    const words = own(arm);
    return h(
      "li",
      {},
      this.#field(i, "label", "Label", input(), TEXT),
      this.#field(i, "architectures", "Genomes", input("R5-S-C3 R3-S-C3"), GENOMES),
      this.#field(i, "random", "Random", input(), NUMBER),
      this.#field(i, "zoo", "Baseline", this.#baseline(), { read: (value) => value ?? "", write: (text) => text || null }),
      this.#field(i, "zoo_channels", "Baseline C", input("its paper's"), MAYBE_NUMBER),
      remove,
      ...(words.length ? [h("p", { class: "hint" }, `Has ${words.join(", ")}, edited as JSON.`)] : []),
      problemLine([...ARMS, i].join(".")),
    );
  }

  /** @param {number} i @param {string} key @param {string} name @param {HTMLInputElement | HTMLSelectElement} control @param {import("./fields.js").Codec} codec */
  #field(i, key, name, control, codec) {
    const path = [...ARMS, i, key];
    const id = path.join(".");
    control.id = id;
    control.dataset.focus = id;
    control.setAttribute("aria-describedby", `${id}-problem`);
    this.fields.bind(path, control, codec);
    return h("div", { class: `field arm-${key}` }, h("label", { for: id }, name, h("span", { class: "visually-hidden" }, ` of arm ${i + 1}`)), control, problemLine(id));
  }

  #baseline() {
    return /** @type {HTMLSelectElement} */ (h("select", {}, h("option", { value: "" }, "none"), ...this.zoo.map(({ name, title }) => h("option", { value: name }, title))));
  }
}

/** @param {string} [placeholder] */
function input(placeholder) {
  return /** @type {HTMLInputElement} */ (h("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder }));
}

/** What an arm has besides the study's. @param {Arm} arm */
function own(arm) {
  return Object.entries(OWN).flatMap(([key, words]) => (arm?.[/** @type {keyof typeof OWN} */ (key)] ? [words] : []));
}

/** @param {Arm[]} others @returns {any} an arm whose label none of the others has */
function newArm(others) {
  let n = others.length + 1;
  while (others.some(({ label }) => label === `Arm ${n}`)) n++;
  return { label: `Arm ${n}`, architectures: [], random: 1, zoo: null, zoo_channels: null, network: null, data: null, retrain: null };
}
