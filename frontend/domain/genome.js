// Genomes as engine/space/architecture.py writes them ("R5-S-C3"), and their strips: one cell a searched layer, a bar a pool.

import { blockOf } from "./blocks.js";

/** @typedef {import("./blocks.js").Block} Block */
/** @typedef {{kind: "search" | "max_pool" | "avg_pool", channels: number | null, stride: number, candidates: string[] | null}} Layer */

/**
 * The strip of an architecture, for a table cell.
 * @param {Document} document
 * @param {string} architecture
 * @param {Layer[]} layers of the macro architecture
 * @param {number[]} changed searched layers that differ from the first parent
 */
export function strip(document, architecture, layers, changed = []) {
  const element = document.createElement("span");
  element.className = "genome";
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", `genome ${architecture}`);
  const cells = architecture.split("-").map(blockOf);
  let searched = 0;
  const end = layers.map((layer) => layer.kind).lastIndexOf("search") + 1; // a pool after it separates nothing
  for (const layer of layers.slice(0, end)) {
    if (layer.kind !== "search") {
      element.append(cell(document, "gene-pool"));
      continue;
    }
    const index = searched++;
    element.append(geneCell(document, cells[index], changed.includes(index)));
  }
  return element;
}

/**
 * @param {Document} document
 * @param {Block} found
 * @param {boolean} changed
 */
export function geneCell(document, found, changed = false) {
  const element = cell(document, "gene");
  drawAs(element, found);
  element.title = changed ? `${found.name}, changed from its parent` : found.name;
  element.textContent = found.code;
  if (changed) element.dataset.changed = "";
  return element;
}

/** Give an element what the style sheets draw a block by: colour, outline, arc, kernel. @param {HTMLElement | SVGElement} element @param {Block} block */
export function drawAs(element, block) {
  const { family, kernel, outline, arc, fill, code } = block;
  Object.assign(element.dataset, { family, kernel: String(kernel), outline });
  element.toggleAttribute("data-arc", arc);
  element.toggleAttribute("data-plain", !fill);
  element.toggleAttribute("data-long", code.length > 2);
  if (fill) element.style.setProperty("--gene", fill);
}

/** @param {Document} document @param {string} name */
function cell(document, name) {
  const element = document.createElement("span");
  element.className = name;
  return element;
}
