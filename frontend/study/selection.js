// What a table shows of the candidates: genome patterns such as R5-*-S, origin, front, generations; and its order.

import { rises } from "./view.js";

/** @typedef {import("../wire/events.js").Candidate} Candidate */
/** @typedef {import("./view.js").View} View */

/**
 * A test for genomes. Every part of the pattern is a code, `*` for any, or a beginning such as `R*`; parts may be given in
 * small letters; a pattern with fewer parts matches the leading layers. Null where the pattern means nothing.
 * @param {string} pattern
 * @returns {((architecture: string) => boolean) | null}
 */
export function genomeTest(pattern) {
  const parts = pattern.trim().toUpperCase().replaceAll("X", "x").split(/[-\s]+/).filter(Boolean);
  if (!parts.every((part) => /^[SCRID]?[0-9x]*\*?$/.test(part))) return null;
  const tests = parts.map((part) => (part.endsWith("*") ? { start: part.slice(0, -1) } : { equal: part }));
  return (architecture) => {
    const genes = architecture.split("-");
    return tests.length <= genes.length && tests.every((t, i) => (t.equal === undefined ? genes[i].startsWith(t.start ?? "") : genes[i] === t.equal));
  };
}

/**
 * @param {Candidate[]} candidates
 * @param {View} view
 * @param {Set<number>} front
 */
export function filtered(candidates, view, front) {
  const test = view.pattern ? (genomeTest(view.pattern) ?? (() => false)) : null;
  return candidates.filter(
    (c) =>
      (!test || test(c.architecture)) &&
      (!view.origin || c.origin === view.origin) &&
      (!view.front || front.has(c.id)) &&
      (view.from === null || c.generation >= view.from - 1) &&
      (view.to === null || c.generation <= view.to - 1),
  );
}

/**
 * @param {Candidate[]} candidates
 * @param {View} view
 * @param {(c: Candidate) => number} fitness at the chosen λ
 */
export function sorted(candidates, view, fitness) {
  const { sort } = view;
  const sign = view.up ? 1 : -1;
  if (sort === "architecture" || sort === "origin") {
    return [...candidates].sort((a, b) => (a[sort] < b[sort] ? -sign : a[sort] > b[sort] ? sign : a.id - b.id));
  }
  const value = sort === "fitness" ? fitness : (/** @type {Candidate} */ c) => c[sort];
  return candidates
    .map((c) => ({ c, v: value(c) }))
    .sort((a, b) => sign * (a.v - b.v) || a.c.id - b.c.id)
    .map(({ c }) => c);
}

/** The view after a click on a column: its usual direction first, then the other. @param {View} view @param {import("./view.js").SortKey} key */
export function resorted(view, key) {
  return { sort: key, up: view.sort === key ? !view.up : rises(key) };
}

/**
 * The candidate so many places after one in an order, at most at its end; the first where that one is not in it.
 * @param {Candidate[]} order
 * @param {number | null} id
 * @param {number} step
 */
export function neighbour(order, id, step) {
  const place = order.findIndex((c) => c.id === id);
  const next = place < 0 ? 0 : Math.min(order.length - 1, Math.max(0, place + step));
  return order[next] ?? null;
}

const COLUMNS = /** @type {const} */ (["id", "generation", "architecture", "accuracy", "spikes", "firing_rate", "fitness", "parameters", "origin", "parents", "changed"]);

/**
 * The shown table as CSV, with what it was measured on in its first line.
 * @param {Candidate[]} candidates
 * @param {(c: Candidate) => number} fitness
 * @param {string} about
 */
export function csv(candidates, fitness, about) {
  const cell = (/** @type {unknown} */ v) => (Array.isArray(v) ? v.join(" ") : String(v));
  const lines = candidates.map((c) => COLUMNS.map((name) => (name === "fitness" ? fitness(c) : name === "generation" ? c.generation + 1 : name === "changed" ? c.changed.map((i) => i + 1) : c[name])).map(cell).join(","));
  return [`# ${about.replace(/[\r\n]+/g, " ")}`, COLUMNS.join(","), ...lines].join("\r\n") + "\r\n";
}
