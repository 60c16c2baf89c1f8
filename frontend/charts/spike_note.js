// What must be known of a network's spikes wherever they are shown by layer, as engine/analysis/rounding.py says it.

import { h } from "../lib/dom.js";

/** The note, with where it is explained; nothing without one. @param {string} [note] @returns {HTMLElement[]} */
export function spikeNote(note) {
  return note ? [h("p", { class: "small spike-note" }, `${note} `, h("a", { href: "/docs/spikes#average-pooling" }, "More about it"))] : [];
}
