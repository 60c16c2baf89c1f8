// Sample trace through the network: input, every layer's spikes, and the votes, under one time slider.

import { token } from "../lib/colours.js";
import { byId, h, setText } from "../lib/dom.js";
import { exact, short } from "../lib/format.js";
import { rowName, shapeName } from "./blocks.js";
import { parts, picture, putPixels } from "./canvas.js";
import { binsOfTally, histogram } from "./histogram.js";
import { frame, mosaic } from "./maps.js";
import { drawRaster, pool, tally } from "./raster.js";
import { Bits } from "./tensors.js";
import { renderVotes } from "./votes.js";

/** @typedef {import("./types.js").Page} Page */
/** @typedef {import("./types.js").SampleResult} SampleResult */
/** @typedef {Map<string, import("./tensors.js").Tensor>} Tensors */
/** @typedef {{found: SampleResult, tensors: Tensors, bits: (Bits[] | null)[]}} Shown a layer's bits are null where they were not kept */

export class Walk {
  /** @type {Shown | null} */
  #shown = null;
  /** @type {HTMLCanvasElement[]} */
  #pictures = [];
  #input = picture("input");
  #step = 0;
  #layer = 0;

  /** @param {Page} page @param {(row: number) => void} select */
  constructor(page, select) {
    this.page = page;
    this.select = select;
  }

  /** @param {SampleResult} found @param {Tensors} tensors @param {number} step @param {number} layer */
  show(found, tensors, step, layer) {
    const bits = found.rows.map((row) => {
      const packed = row.layers.map((one) => ({ one, tensor: one.tensor === null ? undefined : tensors.get(one.tensor) }));
      return packed.some(({ tensor }) => !tensor) ? null : packed.map(({ one, tensor }) => new Bits(/** @type {any} */ (tensor), one.shape));
    });
    this.#shown = { found, tensors, bits };
    this.#frame(found);
    this.#layer = -1;
    this.go(step, layer);
  }

  /** @param {number} step from 0 @param {number} layer */
  go(step, layer) {
    if (!this.#shown) return;
    const moved = layer !== this.#layer;
    [this.#step, this.#layer] = [step, layer];
    this.#drawInput();
    this.#shown.found.rows.forEach((_, row) => this.#drawRow(row));
    renderVotes(byId("walk-votes"), this.#shown.found, this.#rates(), step);
    this.#drawLayer(moved);
  }

  /** Colours and widths anew. */
  redraw() {
    const layer = this.#layer;
    this.#layer = -1;
    this.go(this.#step, layer);
  }

  #rates() {
    return /** @type {import("./tensors.js").Tensor} */ (this.#shown?.tensors.get("rates"));
  }

  /** The fixed parts of a sample: its input and a button for each layer. @param {SampleResult} found */
  #frame(found) {
    this.#pictures = found.rows.map((row) => picture(rowName(row)));
    const buttons = found.rows.map((row, i) => {
      const button = h("button", { type: "button", class: "row-map", "data-row": i }, h("span", { class: "row-name" }, rowName(row)), this.#pictures[i], h("span", { class: "row-spikes" }));
      button.addEventListener("click", () => this.select(i));
      return button;
    });
    byId("walk-input").replaceChildren(h("span", { class: "row-name" }, "input"), this.#input, h("span", { class: "row-spikes" }, `label: ${found.class_names[found.label]}`));
    byId("walk-layers").replaceChildren(...buttons);
  }

  #drawInput() {
    const input = this.#shown?.tensors.get("input");
    if (!input) return;
    const { pixels, width, height } = frame(input, this.#step, this.#colours());
    putPixels(this.#input, pixels, width, height);
    this.#input.setAttribute("aria-label", input.shape[0] === 1 ? "the input, the same at every step" : `the input at step ${this.#step + 1}`);
  }

  /** @param {number} row */
  #drawRow(row) {
    if (!this.#shown) return;
    const { found, bits } = this.#shown;
    const fired = found.rows[row].spikes[this.#step];
    const canvas = this.#pictures[row];
    const button = /** @type {HTMLElement} */ (canvas.parentElement);
    const known = bits[row];
    button.setAttribute("aria-pressed", String(row === this.#layer));
    setText(button.querySelector(".row-spikes"), known?.length === 0 ? "passes its input on" : `${short(fired)} ${fired === 1 ? "spike" : "spikes"}`);
    canvas.hidden = !known?.length;
    canvas.setAttribute("aria-label", `${exact(fired)} spikes at step ${this.#step + 1}`);
    if (!known?.length) return;
    const last = known[known.length - 1];
    const { pixels, width, height } = mosaic(last, this.#step, this.#colours(), row === found.rows.length - 1 ? this.page.votes_per_class : 0);
    putPixels(canvas, pixels, width, height);
  }

  /** The layer that is looked into: its raster and the rates of its neurons. @param {boolean} moved */
  #drawLayer(moved) {
    if (!this.#shown) return;
    const { found, bits } = this.#shown;
    const row = found.rows[this.#layer];
    const place = byId("layer");
    const known = bits[this.#layer];
    setText(byId("layer-title"), `Layer ${rowName(row)}`);
    if (known === null) return place.replaceChildren(h("p", { class: "muted" }, "This layer has too many neurons for all their spikes to be kept; its counts are in the ledger."));
    if (!known.length) return place.replaceChildren(h("p", { class: "muted" }, "A skip without neurons: it passes its input on, and nothing here fires. Choose another layer."));
    const pooled = pool(known);
    if (moved) place.replaceChildren(...this.#layerParts(place, row, known, pooled));
    const canvas = place.querySelector("canvas");
    if (canvas) drawRaster(canvas, pooled, this.#step, canvas.parentElement?.clientWidth || 320);
  }

  /** @param {HTMLElement} place @param {import("./types.js").SampleRow} row @param {Bits[]} known @param {ReturnType<typeof pool>} pooled */
  #layerParts(place, row, known, pooled) {
    const counted = tally(known);
    const neurons = counted.reduce((a, b) => a + b, 0);
    const spikes = row.spikes.reduce((a, b) => a + b, 0);
    const always = counted[counted.length - 1];
    const shapes = known.map((part) => shapeName(part.shape)).join(", then ");
    const raster = picture(`raster of ${exact(neurons)} neurons over ${pooled.steps} steps, ${exact(spikes)} spikes`);
    const each = pooled.perLine === 1 ? "One line is one neuron." : `One line is ${exact(pooled.perLine)} neurons, darker where more of them fire.`;
    return [
      h("figure", {}, h("div", { class: "raster" }, raster), h("figcaption", { class: "small muted" }, `Raster of this sample: ${shapes} neurons. ${each}`)),
      h("figure", {}, ...histogram(place, binsOfTally(counted), counted[0], `layer ${row.name} on this sample`), h("figcaption", { class: "small muted" }, `On this sample ${exact(counted[0])} of ${exact(neurons)} neurons never fire and ${exact(always)} fire at every step. Bars: neurons that fire.`)),
    ];
  }

  #colours() {
    const [ground, spike, gap, on, off] = ["--sunken", "--ink", "--line", "--event-on", "--event-off"].map((name) => parts(token(name)));
    return { ground, spike, gap, on, off };
  }
}
