// The population as a table: this generation's or all seen, sorted and filtered, only the rows in sight as elements.

import { differs, h, setText } from "../../lib/dom.js";
import { exact, percent, short } from "../../lib/format.js";
import { strip } from "../../domain/genome.js";
import { filtered, genomeTest, neighbour, sorted } from "../selection.js";
import { VirtualTable, markSorted, sortingHead } from "../../charts/table.js";

/** @typedef {import("../../wire/events.js").Candidate} Candidate */
/** @typedef {import("../frame.js").Frame} Frame */
/** @typedef {import("../view.js").View} View */

const COLUMNS = [
  { name: "#", key: "id" },
  { name: "Gen.", key: "generation", number: true, note: "generation" },
  { name: "Genome", key: "architecture" },
  { name: "Accuracy", key: "accuracy", number: true, note: "validation, supernet" },
  { name: "Spikes", key: "spikes", number: true, note: "per image" },
  { name: "Fitness", key: "fitness", number: true, note: "at the chosen λ" },
  { name: "Origin", key: "origin" },
];

export class Population {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} words how many are shown, of how many
   * @param {import("../../domain/genome.js").Layer[]} layers
   * @param {number} usual how many a generation has
   * @param {{select: (id: number) => void, sort: (key: import("../view.js").SortKey) => void}} act
   */
  constructor(place, words, layers, usual, act) {
    this.words = words;
    this.usual = usual;
    this.layers = layers;
    this.act = act;
    this.head = sortingHead(COLUMNS, (key) => act.sort(/** @type {import("../view.js").SortKey} */ (key)));
    this.table = new VirtualTable(place, this.head, { id: (/** @type {Candidate} */ c) => c.id, make: (c) => this.makeRow(c), fill: (row, c) => this.fill(row, c) }, "Candidates");
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {number | null} */
    this.selected = null;
    /** The rows of what was asked for last, and what they follow from. @type {{key: string, rows: Candidate[]}} */
    this.found = { key: "", rows: [] };
    this.drawn = "";
  }

  /** The candidates of a view in its order, drawn or not. @param {Frame} frame @param {View} view */
  rows(frame, view) {
    const key = keyOf(frame, view);
    if (key !== this.found.key) this.found = { key, rows: sorted(filtered(poolOf(frame, view), view, frame.frontIds), view, frame.fitness) };
    return this.found.rows;
  }

  /** @param {Frame} frame @param {View} view @param {boolean} person whether a person asked for it, rather than news arriving */
  render(frame, view, person) {
    this.frame = frame;
    this.selected = view.selected;
    const [pool, key] = [poolOf(frame, view), keyOf(frame, view)];
    if (key === this.drawn) return this.table.draw();
    this.drawn = key;
    const rows = this.rows(frame, view);
    markSorted(this.head, view.sort, view.up);
    this.table.limit(view.all ? Infinity : Math.max(this.usual, pool.length));
    this.table.show(rows, !person);
    const bad = view.pattern && !genomeTest(view.pattern);
    setText(this.words, bad ? `“${view.pattern}” is no pattern: write codes and stars, such as R5-*-S` : rows.length === pool.length ? `${exact(pool.length)} candidates` : `${exact(rows.length)} of ${exact(pool.length)} candidates`);
  }

  /** The candidate so many rows after the selected one, in the order that the view asks for. @param {Frame} frame @param {View} view @param {number} step */
  beside(frame, view, step) {
    return neighbour(this.rows(frame, view), view.selected, step);
  }

  /** @param {Candidate} c */
  makeRow(c) {
    const pick = h("button", { type: "button", class: "quiet pick" }, `${c.id}`);
    const cells = [h("td", { class: "number" }, `${c.generation + 1}`), h("td", { class: "strip" }, strip(document, c.architecture, this.layers, c.changed)), ...[0, 1, 2].map(() => h("td", { class: "number" })), h("td", { class: "origin" })];
    const row = h("tr", { "data-id": c.id }, h("td", {}, pick), ...cells);
    row.addEventListener("click", (event) => {
      const parent = /** @type {HTMLElement} */ (event.target).dataset.parent;
      this.act.select(parent === undefined ? c.id : Number(parent));
    });
    return row;
  }

  /** @param {HTMLElement} row @param {Candidate} c */
  fill(row, c) {
    const frame = /** @type {Frame} */ (this.frame);
    const [pick, , , accuracy, spikes, fitness, origin] = /** @type {any} */ (row.children);
    setText(accuracy, percent(c.accuracy));
    setText(spikes, short(c.spikes));
    spikes.title = `${exact(c.spikes)} spikes per image`;
    setText(fitness, frame.fitness(c).toFixed(4));
    const marks = [frame.best?.id === c.id ? "best" : "", frame.frontIds.has(c.id) ? "front" : "", frame.estimating && c.id >= frame.candidates.length ? "estimate" : ""];
    if (differs(origin, c.origin + c.parents.join() + marks.join())) {
      origin.replaceChildren(...marks.filter(Boolean).flatMap((m) => [h("span", { class: "tag" }, m), " "]), ...describeOrigin(c)); // origins are long, and cut first
    }
    row.toggleAttribute("data-selected", this.selected === c.id);
    row.toggleAttribute("data-provisional", frame.estimating);
    pick.firstElementChild.setAttribute("aria-pressed", String(this.selected === c.id));
  }
}

/** Of which candidates the table is: this generation's, or all seen. @param {Frame} frame @param {View} view */
function poolOf(frame, view) {
  return view.all ? frame.candidates : frame.current;
}

/** Everything that the rows follow from. @param {Frame} frame @param {View} view */
function keyOf(frame, view) {
  const estimates = frame.estimating ? frame.current.map((c) => c.fitness).join() : "";
  return [poolOf(frame, view).length, frame.shown, estimates, frame.rule.lambda, view.sort, view.up, view.all, view.pattern, view.origin, view.front, view.from, view.to].join("/");
}

/**
 * "mutation of 12, searched layer 3", with the parents as buttons.
 * @param {Candidate} c
 * @returns {(Node | string)[]}
 */
export function describeOrigin(c) {
  if (!c.parents.length) return [`${c.origin} `];
  const comma = c.changed.length ? "," : "";
  const parents = c.parents.flatMap((id, i) => [
    ...(i ? [" and "] : []),
    h("span", { class: "together" }, h("button", { type: "button", class: "link", "data-parent": id, "data-id": id, title: `select candidate ${id}` }, `${id}`), i === c.parents.length - 1 ? comma : ""),
  ]);
  const places = c.changed.length ? ` searched layer${c.changed.length > 1 ? "s" : ""} ${c.changed.map((i) => i + 1).join(", ")} ` : " ";
  return [`${c.origin} of `, ...parents, places];
}
