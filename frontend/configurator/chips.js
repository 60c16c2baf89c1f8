// Candidate blocks as chips that are on or off; in the palette, for all layers, also "in some".

import { h } from "../dom.js";
import { codeOf, gene, geneCell } from "../genome.js";

/** What most people search: AutoSNN's five. The others appear on demand, or where one of them is chosen. */
const USUAL = ["skip_connect", "SCB_k3", "SCB_k5", "SRB_k3", "SRB_k5"];

/** The blocks to offer as chips. @param {string[]} all @param {string[][]} chosen every list of the config @param {boolean} wide */
export function offered(all, chosen, wide) {
  return all.filter((block) => wide || USUAL.includes(block) || chosen.some((blocks) => blocks.includes(block)));
}

/**
 * @param {string[]} blocks @param {string} label of the group @param {string} where for focus, unique on the page
 * @param {(block: string) => "true" | "mixed" | "false"} state @param {(block: string, focus: string) => void} toggle
 */
export function chips(blocks, label, where, state, toggle) {
  return h("div", { class: "chips", role: "group", "aria-label": label }, ...blocks.map((name) => chip(name, where, state(name), toggle)));
}

/** @param {string} name @param {string} where @param {"true" | "mixed" | "false"} pressed @param {(block: string, focus: string) => void} toggle */
function chip(name, where, pressed, toggle) {
  const code = codeOf(name);
  const focus = `${where}/${code}`;
  const cell = geneCell(document, gene(code));
  cell.removeAttribute("title");
  const words = `${code}, ${name}${pressed === "mixed" ? ", in some layers" : ""}`;
  const button = h("button", { type: "button", class: "chip", "aria-pressed": pressed, "aria-label": words, title: words, "data-block": name, "data-focus": focus }, cell);
  button.addEventListener("click", () => toggle(name, focus));
  return button;
}
