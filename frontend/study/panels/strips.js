// The current generation as genome strips, fittest first: the row of frames beneath the stage.

import { h, setText } from "../../lib/dom.js";
import { exact, percent, short } from "../../lib/format.js";
import { strip } from "../../domain/genome.js";
import { ranking } from "../../domain/ranking.js";

/** @typedef {import("../../wire/events.js").Candidate} Candidate */

const SHOWN = 60;

export class Strips {
  /**
   * @param {HTMLElement} place a list
   * @param {HTMLElement} words
   * @param {import("../../domain/genome.js").Layer[]} layers
   * @param {(id: number) => void} select
   */
  constructor(place, words, layers, select) {
    this.place = place;
    this.words = words;
    this.layers = layers;
    this.select = select;
    /** @type {Map<number, HTMLElement>} */
    this.kept = new Map();
  }

  /** @param {import("../frame.js").Frame} frame @param {number | null} selected */
  render(frame, selected) {
    const all = ranking(frame.current, frame.rule);
    const shown = all.slice(0, SHOWN);
    const wanted = new Set(shown.map((c) => c.id));
    for (const [id, item] of this.kept) {
      if (wanted.has(id)) continue;
      item.remove();
      this.kept.delete(id);
    }
    shown.forEach((c, i) => {
      let item = this.kept.get(c.id);
      if (!item) this.kept.set(c.id, (item = this.make(c)));
      this.fill(item, c, frame, selected);
      if (this.place.children[i] !== item) this.place.insertBefore(item, this.place.children[i] ?? null);
    });
    const rest = all.length - shown.length;
    setText(this.words, !all.length ? "none yet" : frame.estimating ? `${all.length} evaluated so far; estimates until the generation is stored` : rest ? `the fittest ${SHOWN} of ${exact(all.length)}; all are in Population` : `${all.length} candidates, fittest first`);
  }

  /** @param {Candidate} c */
  make(c) {
    const button = h("button", { type: "button", class: "quiet frame", "data-id": c.id }, strip(document, c.architecture, this.layers, c.changed), h("span", { class: "figures" }));
    button.addEventListener("click", () => this.select(c.id));
    return h("li", {}, button);
  }

  /** @param {HTMLElement} item @param {Candidate} c @param {import("../frame.js").Frame} frame @param {number | null} selected */
  fill(item, c, frame, selected) {
    const button = /** @type {HTMLElement} */ (item.firstElementChild);
    setText(button.lastElementChild, `${percent(c.accuracy)} · ${short(c.spikes)}${frame.frontIds.has(c.id) ? " · front" : ""}`);
    button.setAttribute("aria-pressed", String(selected === c.id));
    button.toggleAttribute("data-provisional", frame.estimating);
  }
}
