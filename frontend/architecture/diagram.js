// The network as a block diagram: layers from the input down, shapes in them, firing rates on the edges between.

import { h, svg } from "../lib/dom.js";
import { short } from "../lib/format.js";
import { blockOf } from "../domain/blocks.js";
import { drawAs } from "../domain/genome.js";
import { blockName, searched, shapeName } from "./blocks.js";

/** @typedef {import("./types.js").Page} Page */
/** @typedef {import("./types.js").Row} Row */

const NODE = 44;
const EDGE = 34;
const LINE_X = 28;

/**
 * @param {HTMLElement} place
 * @param {Page} page
 * @param {import("./ledger.js").Line[] | null} lines what each layer fires; null while nobody knows
 * @param {number} selected
 * @param {(row: number) => void} select
 */
export function renderDiagram(place, page, lines, selected, select) {
  const held = /** @type {HTMLElement | null} */ (place.querySelector("g:focus"))?.dataset.row;
  const width = Math.max(260, Math.min(520, place.clientWidth || 360));
  const height = (page.rows.length + 1) * (NODE + EDGE) + EDGE;
  const most = Math.max(...(lines ?? []).map((line) => line.rate ?? 0), 1e-12);
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Layers from the input on; choose one to inspect it" });
  const { channels, height: rows, width: columns } = page.input;
  picture.append(box(0, width, "input", kind("input", coding(page.encoding), 0), shapeName([channels, rows, columns]), ""), edge(0, null, most));
  page.rows.forEach((row, i) => {
    const y = (i + 1) * (NODE + EDGE);
    picture.append(node(row, i, y, width, i === selected, select), edge(i + 1, lines?.[i] ?? null, most));
  });
  picture.append(text(LINE_X + 16, height - 6, "start", `${page.input.classes} classes, ${page.votes_per_class} ${page.votes_per_class === 1 ? "vote" : "votes"} each`));
  place.replaceChildren(picture, h("p", { class: "small muted" }, lines ? "The thickness of an edge is the firing rate of the layer above it." : "Firing rates appear on the edges after the evaluation."));
  if (held !== undefined) /** @type {HTMLElement | null} */ (place.querySelector(`g[data-row="${held}"]`))?.focus();
}

/**
 * @param {Row} row
 * @param {number} index
 * @param {number} y
 * @param {number} width
 * @param {boolean} pressed
 * @param {(row: number) => void} select
 */
function node(row, index, y, width, pressed, select) {
  const [shape, note] = [shapeName(row.shape), row.parameters ? `${short(row.parameters)} parameters` : "no parameters"];
  const group = svg("g", { class: "node", "data-row": index, role: "button", tabindex: 0, "aria-pressed": String(pressed) });
  group.append(box(y, width, row.name, searched(row) ? chip(row, y) : kind(row.name, blockName(row), y), shape, note));
  const act = () => select(index);
  group.addEventListener("click", act);
  group.addEventListener("keydown", (event) => {
    const key = /** @type {KeyboardEvent} */ (event).key;
    if (key !== "Enter" && key !== " ") return;
    event.preventDefault();
    act();
  });
  return group;
}

/** A searched block in its colour, with the shortcut of a residual one as an arc over it. @param {Row} row @param {number} y */
function chip(row, y) {
  const found = blockOf(blockName(row));
  const group = svg("g", { class: "gene chip" });
  drawAs(group, found);
  group.append(svg("rect", { x: 64, y: y + 12, width: 44, height: 20, rx: 3 }));
  if (found.arc) group.append(svg("path", { d: `M68 ${y + 11} C 74 ${y + 3}, 98 ${y + 3}, 104 ${y + 11}`, class: "arc" }));
  group.append(text(86, y + 26, "middle", found.code));
  return group;
}

/** @param {string} encoding */
function coding(encoding) {
  if (encoding === "direct") return "same at every step";
  return encoding === "counts" ? "frames of events" : `${encoding} coded`;
}

/** What a fixed layer does, beside its name. @param {string} name @param {string} words @param {number} y */
function kind(name, words, y) {
  return text(Math.max(64, 24 + 8 * name.length), y + 27, "start", words, "kind");
}

/** @param {number} y @param {number} width @param {string} name @param {SVGElement} middle @param {string} shape @param {string} note */
function box(y, width, name, middle, shape, note) {
  const group = svg("g", { class: "box" });
  group.append(
    svg("rect", { x: 1, y: y + 1, width: width - 2, height: NODE - 2, rx: 6 }),
    text(14, y + 27, "start", name, "name"),
    " ", // read aloud, the words must not run into each other
    middle,
    " ",
    text(width - 14, y + (note ? 19 : 27), "end", shape),
    ...(note ? [" ", text(width - 14, y + 35, "end", note, "note")] : []),
  );
  return group;
}

/** The edge below row `place`, the input being 0. @param {number} place @param {import("./ledger.js").Line | null} line @param {number} most */
function edge(place, line, most) {
  const top = place * (NODE + EDGE) + NODE;
  const rate = line?.rate ?? null;
  const group = svg("g", { class: "edge" });
  group.append(svg("line", { x1: LINE_X, x2: LINE_X, y1: top, y2: top + EDGE, class: rate === null ? "" : "fires", "stroke-width": rate === null ? 1.5 : 1.5 + (10 * rate) / most }));
  if (line) group.append(text(LINE_X + 16, top + EDGE / 2 + 4, "start", rate === null ? "passed on" : `${rate.toFixed(3)} per neuron and step`));
  return group;
}

/** @param {number} x @param {number} y @param {"start" | "middle" | "end"} anchor @param {string} words @param {string} [name] */
function text(x, y, anchor, words, name = "") {
  return svg("text", { x, y, "text-anchor": anchor, class: name }, words);
}
