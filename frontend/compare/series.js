// A colour and a symbol for each thing compared, always the same by its place; the symbol alone tells them apart too.

import { token } from "../lib/colours.js";
import { h } from "../lib/dom.js";

const SYMBOLS = [
  ["●", "circle"], ["■", "square"], ["▲", "triangle-up"], ["◆", "diamond"],
  ["▼", "triangle-down"], ["★", "star"], ["✚", "cross"], ["✖", "x"],
];

const LONGEST = 20;

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "9px,3px,2px,3px,2px,3px", "16px,3px"];

/** Dashes let a line be seen that lies beneath another. @param {number} place */
export function series(place) {
  const [glyph, symbol] = SYMBOLS[place % SYMBOLS.length];
  return { glyph, symbol, dash: DASHES[place % DASHES.length], number: (place % SYMBOLS.length) + 1 };
}

/** For Plotly and canvas. @param {number} place */
export function colour(place) {
  return token(`--series-${series(place).number}`);
}

/** The symbol as an element. @param {number} place */
export function mark(place) {
  const { glyph, number } = series(place);
  return h("span", { class: `mark series-${number}`, "aria-hidden": "true" }, glyph);
}

/** As much of a name as a sentence on a phone has room for. @param {string} name */
export function clipped(name) {
  const letters = [...name];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : name;
}

/**
 * Names as people can tell them apart: two of one name carry their seed, and their place where that does not help.
 * @param {{name: string, seed: number}[]} things
 */
export function titles(things) {
  const count = (/** @type {(thing: {name: string, seed: number}) => string} */ key) => {
    /** @type {Map<string, number>} */
    const seen = new Map();
    for (const thing of things) seen.set(key(thing), (seen.get(key(thing)) ?? 0) + 1);
    return seen;
  };
  const names = count((thing) => thing.name);
  const both = count((thing) => `${thing.name}/${thing.seed}`);
  return things.map((thing, place) => {
    if (names.get(thing.name) === 1) return thing.name;
    const seeded = `${thing.name}, seed ${thing.seed}`;
    return both.get(`${thing.name}/${thing.seed}`) === 1 ? seeded : `${seeded} (${place + 1})`;
  });
}
