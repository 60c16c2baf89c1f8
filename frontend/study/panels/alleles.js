// Allele frequencies: how much of each generation's population has which block at each layer, with the playhead.

import { token } from "../../lib/colours.js";
import { h, setText } from "../../lib/dom.js";
import { blockOf } from "../../domain/blocks.js";
import { geneCell } from "../../domain/genome.js";
import { alleles } from "../../domain/block_effects.js";

const HEIGHT = 56;

export class Alleles {
  /** @param {HTMLElement} place @param {string[][]} choices */
  constructor(place, choices) {
    this.choices = choices;
    this.drawn = "";
    /** @type {number[][][]} counts by generation, layer, choice */
    this.history = [];
    this.rows = choices.map((codes, layer) => {
      const canvas = /** @type {HTMLCanvasElement} */ (h("canvas", { role: "img" }));
      const shares = h("ul", { class: "shares", "aria-label": `Searched layer ${layer + 1}` }, ...codes.map((code) => h("li", {}, geneCell(document, blockOf(code)), h("span", { class: "figures" }))));
      place.append(h("div", { class: "allele" }, h("h3", {}, `Searched layer ${layer + 1}`), h("div", { class: "river" }, canvas, h("span", { class: "head" })), shares));
      return { canvas, shares };
    });
  }

  repaint() {
    this.drawn = "";
  }

  /** @param {import("../../wire/state.js").State} state @param {import("../frame.js").Frame} frame */
  render(state, frame) {
    for (let g = this.history.length; g < state.generations.length; g++) this.history.push(alleles(state.generations[g].candidates, this.choices));
    const width = this.rows[0]?.canvas.parentElement?.clientWidth ?? 0;
    const key = `${this.history.length}/${width}`;
    if (width && key !== this.drawn) {
      this.drawn = key;
      this.rows.forEach(({ canvas }, layer) => this.draw(canvas, layer, width));
    }
    const now = this.history[frame.shown];
    const before = this.history[frame.shown - 1];
    if (!now) return;
    this.rows.forEach(({ canvas, shares }, layer) => {
      const head = /** @type {HTMLElement} */ (canvas.nextElementSibling);
      head.style.left = `${(100 * (frame.shown + 0.5)) / this.history.length}%`;
      const total = sum(now[layer]) || 1;
      const most = this.choices[layer][now[layer].indexOf(Math.max(...now[layer]))];
      canvas.setAttribute("aria-label", `Searched layer ${layer + 1}, generation ${frame.shown + 1}: mostly ${most}`);
      this.choices[layer].forEach((_, i) => setText(shares.children[i].lastElementChild, shareText(now[layer][i] / total, before && before[layer][i] / (sum(before[layer]) || 1))));
    });
  }

  /** @param {HTMLCanvasElement} canvas @param {number} layer @param {number} width */
  draw(canvas, layer, width) {
    const ratio = devicePixelRatio || 1;
    [canvas.width, canvas.height] = [width * ratio, HEIGHT * ratio];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${HEIGHT}px`;
    const ctx = canvas.getContext("2d");
    if (!ctx) return;
    ctx.scale(ratio, ratio);
    const colours = this.choices[layer].map(blockColour);
    const slot = width / this.history.length;
    this.history.forEach((counts, g) => {
      const total = sum(counts[layer]) || 1;
      let top = 0;
      counts[layer].forEach((n, i) => {
        const tall = (n / total) * HEIGHT;
        ctx.fillStyle = colours[i];
        ctx.fillRect(g * slot, top, slot > 3 ? slot - 0.5 : slot + 0.5, Math.max(0, tall - 0.5));
        top += tall;
      });
    });
  }
}

/** "45 %, +5" against the generation before. @param {number} share @param {number | undefined} before */
export function shareText(share, before) {
  const now = `${Math.round(100 * share)} %`;
  const change = before === undefined ? 0 : Math.round(100 * share) - Math.round(100 * before);
  return change ? `${now} ${change > 0 ? "+" : "−"}${Math.abs(change)}` : now;
}

/** The colour of a block; one without is the quiet line colour. @param {string} code */
function blockColour(code) {
  return blockOf(code).fill || token("--line");
}

/** @param {number[]} values */
function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}
