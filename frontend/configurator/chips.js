// Candidate blocks as chips that are on or off; in the palette, for all layers, also "in some".

import { differs, h } from "../lib/dom.js";
import { blockOf, codeOf, facts } from "../domain/blocks.js";
import { geneCell } from "../domain/genome.js";

/** @typedef {"true" | "mixed" | "false"} Pressed */

/** The blocks to offer as chips: AutoSNN's five; the others on demand, or where one of them is chosen. @param {string[]} all @param {string[][]} chosen every list of the config @param {boolean} wide */
export function offered(all, chosen, wide) {
  return all.filter((block) => wide || facts().usual.includes(block) || chosen.some((blocks) => blocks.includes(block)));
}

/**
 * A group of chips, and what shows their states anew without drawing them again.
 * @param {string[]} blocks @param {string} label of the group @param {string} where for focus, unique on the page
 * @param {(block: string) => Pressed} state @param {(block: string, focus: string) => void} toggle
 */
export function chips(blocks, label, where, state, toggle) {
  const made = blocks.map((name) => chip(name, where, toggle));
  const refresh = () => made.forEach((button, i) => {
    const pressed = state(blocks[i]);
    if (differs(button, pressed)) press(button, blocks[i], pressed);
  });
  refresh();
  return { element: h("div", { class: "chips", role: "group", "aria-label": label }, ...made), refresh };
}

/** @param {string} name @param {string} where @param {(block: string, focus: string) => void} toggle */
function chip(name, where, toggle) {
  const code = codeOf(name);
  const focus = `${where}/${code}`;
  const cell = geneCell(document, blockOf(code));
  cell.removeAttribute("title");
  const button = h("button", { type: "button", class: "chip", "data-block": name, "data-focus": focus }, cell);
  button.addEventListener("click", () => toggle(name, focus));
  return button;
}

/** @param {HTMLElement} button @param {string} name @param {Pressed} pressed */
function press(button, name, pressed) {
  const words = `${codeOf(name)}, ${name}${pressed === "mixed" ? ", in some layers" : ""}`;
  button.setAttribute("aria-pressed", pressed);
  button.setAttribute("aria-label", words);
  button.title = words;
}
