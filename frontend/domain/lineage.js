// How a candidate arose: its ancestors, where a picture puts them, and the story in words.

import { percent, short } from "../lib/format.js";

/** @typedef {import("../wire/events.js").Candidate} Candidate */
/** @typedef {{candidate: Candidate, column: number, row: number}} Place */
/** @typedef {{from: number, to: number, first: boolean}} Edge from parent to child; the first parent is the one it was copied from */
/** @typedef {{places: Place[], edges: Edge[], columns: number[], rows: number, hidden: number}} Lineage `columns` are generations */

/** Ancestors a picture can hold. */
export const DRAWN = 120;

/**
 * A candidate and its ancestors, nearest first; at most `most` of them.
 * @param {Candidate[]} candidates by id
 * @param {number} id
 */
export function ancestors(candidates, id, most = Infinity) {
  const found = new Set([id]);
  let total = 0;
  for (const one of found) {
    total += 1;
    if (total > most) break;
    for (const parent of candidates[one]?.parents ?? []) if (candidates[parent]) found.add(parent);
  }
  return [...found].map((one) => candidates[one]);
}

/**
 * A generation a column, the first on the left; within one, those nearest to their children's height.
 * @param {Candidate[]} candidates
 * @param {number} id
 * @returns {Lineage}
 */
export function lineage(candidates, id) {
  const all = ancestors(candidates, id);
  const shown = new Map(all.slice(0, DRAWN).map((c) => [c.id, c]));
  const columns = [...new Set([...shown.values()].map((c) => c.generation))].sort((a, b) => a - b);
  const edges = [...shown.values()].flatMap((c) => c.parents.filter((p) => shown.has(p)).map((p, i) => ({ from: p, to: c.id, first: i === 0 })));
  const places = place([...shown.values()], columns, edges);
  return { places, edges, columns, rows: Math.max(...places.map((p) => p.row)) + 1, hidden: all.length - shown.size };
}

/** @param {Candidate[]} shown @param {number[]} columns @param {Edge[]} edges @returns {Place[]} */
function place(shown, columns, edges) {
  /** @type {Map<number, number>} */
  const rows = new Map();
  const children = new Map(shown.map((c) => [c.id, /** @type {number[]} */ ([])]));
  for (const edge of edges) children.get(edge.from)?.push(edge.to);
  for (const generation of [...columns].reverse()) {
    const wish = (/** @type {Candidate} */ c) => {
      const known = (children.get(c.id) ?? []).flatMap((child) => rows.get(child) ?? []);
      return known.length ? known.reduce((a, b) => a + b, 0) / known.length : 0;
    };
    const here = shown.filter((c) => c.generation === generation).sort((a, b) => wish(a) - wish(b) || a.id - b.id);
    here.forEach((c, row) => rows.set(c.id, row));
  }
  return shown.map((candidate) => ({ candidate, column: columns.indexOf(candidate.generation), row: rows.get(candidate.id) ?? 0 }));
}

/** The line of first parents, from the first ancestor to the candidate. @param {Candidate[]} candidates @param {number} id */
export function mainLine(candidates, id) {
  const line = [candidates[id]];
  for (let c = line[0]; c?.parents.length && candidates[c.parents[0]]; ) line.unshift((c = candidates[c.parents[0]]));
  return line;
}

/** Lineage, a sentence a step. @param {Candidate[]} candidates @param {number} id */
export function story(candidates, id) {
  const line = mainLine(candidates, id);
  return line.map((c, i) => {
    const before = line[i - 1];
    const measured = `${percent(c.accuracy)} with ${short(c.spikes)} spikes`;
    if (!before) return `${first(c)} in generation ${c.generation + 1}: ${measured}, fitness ${c.fitness.toFixed(4)}.`;
    const change = c.fitness - before.fitness;
    const sign = change < 0 ? "−" : "+";
    return `${next(c, before, candidates)} in generation ${c.generation + 1}: ${measured}, fitness ${c.fitness.toFixed(4)} (${sign}${Math.abs(change).toFixed(4)}).`;
  });
}

/** @param {Candidate} c */
function first(c) {
  const how = c.origin === "enumerated" ? "was enumerated" : c.origin === "proposed" ? "was proposed by the search" : "was drawn at random";
  return `${c.architecture} (#${c.id}) ${how}`;
}

/** @param {Candidate} c @param {Candidate} before @param {Candidate[]} candidates */
function next(c, before, candidates) {
  const [from, to] = [before.architecture.split("-"), c.architecture.split("-")];
  const changes = c.changed.map((i) => `searched layer ${i + 1} from ${from[i]} to ${to[i]}`);
  const said = changes.length ? changes.join(", ").replace(/, ([^,]*)$/, " and $1") : "nothing";
  if (c.origin !== "crossover") return `A mutation changed ${said} and made ${c.architecture} (#${c.id})`;
  const other = candidates[c.parents[1]];
  return `A crossover with ${other?.architecture ?? "another"} (#${c.parents[1]}) changed ${said} and made ${c.architecture} (#${c.id})`;
}
