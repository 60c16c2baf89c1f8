// A colour and a symbol for each thing compared, always the same by its place; the symbol alone tells them apart too.

import { token } from "../lib/colours.js";
import { h } from "../lib/dom.js";
import { minus } from "../lib/format.js";

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

/** What a search on a supernet that is there has behind its name: engine/sweep/plan.py. */
const TAIL = /, λ = \S+, seed \d+$/;

/**
 * Names for where there is little room: clipped, and of searches on one supernet what tells them apart, λ and seed.
 * @param {{name: string, seed: number, search_seed: number, fitness_lambda: number}[]} studies
 */
export function labels(studies) {
  const differ = (/** @type {unknown[]} */ values) => new Set(values).size > 1;
  const [lambdas, seeds] = [differ(studies.map((study) => study.fitness_lambda)), differ(studies.map((study) => study.search_seed))];
  const bases = studies.map((study) => study.name.replace(TAIL, ""));
  const [names, family] = [titles(studies), !differ(bases) && (lambdas || seeds)];
  return studies.map((study, place) => {
    const exponent = lambdas ? [`λ = ${minus(study.fitness_lambda)}`] : [];
    if (family) return [...exponent, ...(seeds ? [`seed ${study.search_seed}`] : [])].join(", ");
    return [...exponent, clipped(lambdas ? bases[place] : names[place])].join(", ");
  });
}
