// Finding a study to add: a search box over one's own studies, by keyboard or by mouse.

import { byId, h, setText } from "../lib/dom.js";
import { ago } from "../lib/format.js";

/** @typedef {import("./types.js").Choice} Choice */

const SHOWN = 6;

/**
 * The choices that hold every word, without those already chosen.
 * @param {Choice[]} choices
 * @param {string} words
 * @param {string[]} chosen
 */
export function matching(choices, words, chosen) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter((one) => {
    const text = `${one.name} ${one.data} ${one.owner} ${one.state} seed ${one.seed}`.toLowerCase();
    return !chosen.includes(one.id) && wanted.every((word) => text.includes(word));
  });
}

export class Picker {
  /** @param {Choice[]} choices @param {number} most @param {(id: string) => void} add */
  constructor(choices, most, add) {
    this.choices = choices;
    this.most = most;
    this.add = add;
    /** @type {string[]} */
    this.chosen = [];
    this.search = /** @type {HTMLInputElement} */ (byId("search"));
    this.search.addEventListener("input", () => this.draw());
    this.search.addEventListener("keydown", (event) => {
      const first = matching(this.choices, this.search.value, this.chosen)[0];
      if (event.key !== "Enter" || !first || !this.search.value.trim()) return;
      event.preventDefault();
      this.pick(first.id);
    });
  }

  /** @param {string} id */
  pick(id) {
    this.search.value = "";
    this.add(id);
    this.search.focus();
  }

  /** @param {string[]} chosen */
  render(chosen) {
    this.chosen = chosen;
    this.draw();
  }

  draw() {
    const full = this.chosen.length >= this.most;
    const found = full ? [] : matching(this.choices, this.search.value, this.chosen);
    this.search.disabled = full;
    setText(byId("picker-words"), this.words(full, found.length));
    byId("found").replaceChildren(
      ...found.slice(0, SHOWN).map((one) => {
        const button = h("button", { type: "button", "data-study": one.id }, h("span", {}, one.name), h("span", { class: "small muted" }, `${one.data}, seed ${one.seed}, ${one.state}, ${ago(one.created)}`));
        button.addEventListener("click", () => this.pick(one.id));
        return h("li", {}, button);
      }),
    );
  }

  /** @param {boolean} full @param {number} count */
  words(full, count) {
    if (full) return `${this.most} studies are compared, the maximum. Remove one to add another.`;
    if (!this.choices.length) return "You have no study yet. Launch one, and compare it with the next.";
    if (!count) return this.search.value.trim() ? "No other study matches these words." : "All of your studies are compared.";
    return count > SHOWN ? `${count} studies; the newest ${SHOWN} are shown. Type to filter; Enter adds the first.` : "Choose a study to add it.";
  }
}
