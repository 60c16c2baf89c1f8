// The time slider that everything about a sample follows, and the choice of the sample.

import { byId, differs, h, setText } from "../lib/dom.js";
import { exact } from "../lib/format.js";

const STEP_MS = 700;
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./types.js").Page} Page */
/** @typedef {View & {sample: number}} Now a view whose sample is known */

export class Player {
  #timer = 0;

  /**
   * @param {Page} page
   * @param {() => Now} now what is shown
   * @param {(t: number) => void} go
   * @param {(change: Partial<View>) => void} choose another sample or split
   */
  constructor(page, now, go, choose) {
    this.page = page;
    this.now = now;
    this.go = go;
    this.slider = /** @type {HTMLInputElement} */ (byId("time"));
    this.slider.max = String(page.time_steps);
    this.slider.addEventListener("input", () => go(Number(this.slider.value)));
    byId("play").addEventListener("click", () => (this.#timer ? this.pause() : this.#play()));
    this.number = /** @type {HTMLInputElement} */ (h("input", { type: "number", id: "sample", min: 0, step: 1, inputmode: "numeric" }));
    this.split = /** @type {HTMLSelectElement} */ (h("select", { id: "split" }));
    const step = (/** @type {number} */ by, /** @type {string} */ words) => {
      const button = h("button", { type: "button", "aria-label": words }, by < 0 ? "←" : "→");
      button.addEventListener("click", () => choose({ sample: this.#within(now().sample + by) }));
      return button;
    };
    this.number.addEventListener("change", () => choose({ sample: this.#within(Number(this.number.value)) }));
    this.split.addEventListener("change", () => choose({ split: /** @type {any} */ (this.split.value), sample: 0 }));
    byId("walk-sample").replaceChildren(h("label", {}, "Split ", this.split), h("span", { class: "together" }, h("label", {}, "Sample ", this.number), step(-1, "The sample before"), step(1, "The next sample")), h("span", { class: "muted", id: "sample-of" }));
  }

  show() {
    const view = this.now();
    const count = this.page.trained.samples[view.split];
    this.slider.value = String(view.t);
    setText(byId("time-words"), `t = ${view.t} of ${this.page.time_steps}`);
    this.number.max = String(count - 1);
    if (document.activeElement !== this.number) this.number.value = String(view.sample);
    setText(byId("sample-of"), `of ${exact(count)}, from 0`);
    const splits = view.weights === "retrained" ? ["test"] : ["validation", "test"];
    if (differs(this.split, splits.join())) this.split.replaceChildren(...splits.map((name) => h("option", { value: name }, name)));
    this.split.value = view.split;
  }

  pause() {
    clearInterval(this.#timer);
    this.#timer = 0;
    setText(byId("play"), "Play");
  }

  #play() {
    setText(byId("play"), "Pause");
    const last = this.page.time_steps;
    const next = () => {
      const t = (this.now().t % last) + 1;
      this.go(t);
      if (t === last) this.pause();
    };
    next();
    if (this.now().t < last) this.#timer = window.setInterval(next, STEP_MS);
    else this.pause();
  }

  /** @param {number} sample */
  #within(sample) {
    const count = this.page.trained.samples[this.now().split];
    return Number.isInteger(sample) ? Math.max(0, Math.min(count - 1, sample)) : 0;
  }
}
