// Which baselines are trained beside the winner: one box each.

import { h, setText } from "../lib/dom.js";
import { problemLine } from "./fields.js";
import { set } from "./schema.js";

/** @typedef {{name: string, title: string, channels: number}} Plan a baseline and its paper's initial channels */

const AT = ["retrain", "baselines"];

export class Baselines {
  /** @type {Map<string, HTMLInputElement>} */ #boxes = new Map();
  #count = h("span", { class: "tag" });
  #config = /** @type {any} */ (null);

  /** @param {Plan[]} zoo @param {(next: any) => void} change */
  constructor(zoo, change) {
    this.zoo = zoo;
    this.change = change;
  }

  part() {
    const lines = this.zoo.map(({ name, title }) => {
      const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", id: `baseline-${name}` }));
      box.addEventListener("change", () => this.change(set(this.#config, AT, this.zoo.map((plan) => plan.name).filter((other) => (other === name ? box.checked : this.#config.retrain.baselines?.includes(other))))));
      this.#boxes.set(name, box);
      return h("div", { class: "field check" }, box, h("label", { for: box.id }, title));
    });
    return h("details", { class: "more" }, h("summary", {}, "Baselines beside the front ", this.#count), h("div", { class: "fields wide", role: "group", "aria-label": "Baselines to train by the same recipe" }, ...lines), problemLine(AT.join(".")));
  }

  /** @param {any} config */
  show(config) {
    this.#config = config;
    const chosen = Array.isArray(config.retrain.baselines) ? config.retrain.baselines : [];
    for (const [name, box] of this.#boxes) box.checked = chosen.includes(name);
    setText(this.#count, chosen.length ? `${chosen.length} set` : "");
  }
}
