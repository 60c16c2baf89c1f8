// A wide table in a frame of its own, which the keyboard can scroll.

import { h } from "../lib/dom.js";

/** @param {string} label @param {HTMLElement} table */
export function scroller(label, table) {
  return h("div", { class: "scroll-x", role: "region", tabindex: 0, "aria-label": label }, table);
}
