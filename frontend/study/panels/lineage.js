// How a candidate arose: its ancestors by generation as a picture, and its main line in words.

import { h, setText, svg } from "../../lib/dom.js";
import { exact } from "../../lib/format.js";
import { blockOf } from "../../domain/blocks.js";
import { drawAs } from "../../domain/genome.js";
import { lineage, story } from "../../domain/lineage.js";

/** @typedef {import("../../wire/events.js").Candidate} Candidate */

const CELL = 26;
const ROW = 58;
const LINK = 56;
const TOP = 26;
const NARROWEST = 176; // what its label needs
const LONG = 14; // layers from which a strip's cells grow narrow

export class LineageView {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} words a list
   * @param {HTMLElement} title
   * @param {(id: number) => void} select
   */
  constructor(place, words, title, select) {
    this.place = place;
    this.words = words;
    this.title = title;
    this.select = select;
    this.drawn = "";
  }

  /** @param {Candidate[]} candidates @param {Candidate | null} focus */
  render(candidates, focus) {
    const key = `${focus?.id}`;
    if (key === this.drawn) return;
    this.drawn = key;
    if (!focus) {
      this.place.replaceChildren(h("p", { class: "empty" }, "Nothing is evaluated yet; the first generation has no ancestors."));
      this.words.replaceChildren();
      return;
    }
    const focused = document.activeElement?.closest("[data-id]")?.getAttribute("data-id");
    setText(this.title, `How #${focus.id} arose`);
    const found = lineage(candidates, focus.id);
    const picture = this.draw(found, focus);
    const note = found.hidden ? [h("p", { class: "small muted" }, `${exact(found.hidden)} earlier ancestors are not shown.`)] : [];
    this.place.replaceChildren(h("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Graph of the ancestors" }, picture), ...note);
    this.words.replaceChildren(...story(candidates, focus.id).map((sentence) => h("li", {}, sentence)));
    /** @type {HTMLElement} */ (this.place.firstElementChild).scrollLeft = 1e6; // the candidate itself is at the right
    if (focused) /** @type {SVGElement | null} */ (this.place.querySelector(`[data-id="${focused}"]`))?.focus();
  }

  /** @param {import("../../domain/lineage.js").Lineage} found @param {Candidate} focus */
  draw(found, focus) {
    const layers = focus.architecture.split("-").length;
    const cell = layers > LONG ? 14 : CELL;
    const node = Math.max(layers * cell + 8, NARROWEST);
    const [width, height] = [found.columns.length * (node + LINK) - LINK + 4, TOP + found.rows * ROW];
    const at = new Map(found.places.map((p) => [p.candidate.id, { x: 2 + p.column * (node + LINK), y: TOP + p.row * ROW }]));
    const heads = found.columns.map((g, i) => svg("text", { x: 2 + i * (node + LINK), y: 14, class: "axis" }, `generation ${g + 1}`));
    const edges = found.edges.map((edge) => {
      const [from, to] = [at.get(edge.from), at.get(edge.to)];
      if (!from || !to) return svg("path", { d: "" });
      const [x1, y1, x2, y2] = [from.x + node, from.y + 20, to.x, to.y + 20];
      return svg("path", { d: `M${x1} ${y1}C${x1 + LINK / 2} ${y1} ${x2 - LINK / 2} ${y2} ${x2} ${y2}`, class: edge.first ? "edge" : "edge second" });
    });
    const nodes = found.places.map(({ candidate }) => this.node(candidate, at.get(candidate.id) ?? { x: 0, y: 0 }, node, cell, candidate.id === focus.id));
    return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "lineage", role: "group", "aria-label": `${found.places.length - 1} ancestors of candidate ${focus.id}` }, ...heads, ...edges, ...nodes);
  }

  /** @param {Candidate} c @param {{x: number, y: number}} at @param {number} width @param {number} cell @param {boolean} focus */
  node(c, { x, y }, width, cell, focus) {
    const cells = c.architecture.split("-").flatMap((code, i) => {
      const block = blockOf(code);
      const box = svg("rect", { x: 4 + i * cell, y: 20, width: cell - 2, height: 16, rx: 2, class: "gene-box" });
      drawAs(box, block);
      const letter = svg("text", { x: 4 + i * cell + cell / 2 - 1, y: 32, "text-anchor": "middle", class: "letter" }, cell < 20 ? code[0] : code);
      letter.toggleAttribute("data-plain", !block.fill);
      const changed = c.changed.includes(i) ? [svg("rect", { x: 4 + i * cell, y: 37, width: cell - 2, height: 2.5, class: "changed" })] : [];
      return [box, letter, ...changed];
    });
    const label = svg("text", { x: 4, y: 14, class: "name" }, `#${c.id} · F ${c.fitness.toFixed(3)} · ${c.origin}`);
    const group = svg(
      "g",
      { transform: `translate(${x} ${y})`, class: focus ? "node focus" : "node", tabindex: 0, role: "button", "data-id": c.id },
      svg("rect", { x: 0, y: 0, width, height: 42, rx: 4, class: "plate" }),
      label,
      ...cells,
    );
    group.addEventListener("click", () => this.select(c.id));
    group.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      if (key !== "Enter" && key !== " ") return;
      event.preventDefault();
      event.stopPropagation(); // space would play the timeline
      this.select(c.id);
    });
    return group;
  }
}
