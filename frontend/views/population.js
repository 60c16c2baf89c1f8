// The population of one generation as a table. Rows are kept, never rebuilt: what a person holds does not move.

import { h, setText } from "../dom.js";
import { exact, percent, short } from "../format.js";
import { strip } from "../genome.js";

/** @typedef {import("../events.js").Candidate} Candidate */
/** @typedef {"id" | "accuracy" | "spikes" | "fitness"} Key */

export class Population {
  /**
   * @param {HTMLElement} place
   * @param {import("../genome.js").Layer[]} layers
   * @param {(id: number) => void} select
   */
  constructor(place, layers, select) {
    this.layers = layers;
    this.select = select;
    /** @type {Map<number, HTMLElement>} */
    this.rows = new Map();
    /** @type {Key} */
    this.sort = "fitness";
    this.body = h("tbody");
    this.head = this.makeHead();
    place.replaceChildren(h("table", { class: "population" }, this.head, this.body));
    /** @type {() => void} */
    this.again = () => {};
  }

  makeHead() {
    /** @type {[string, Key | null, string][]} */
    const columns = [
      ["#", "id", ""], ["Genome", null, ""], ["Accuracy", "accuracy", "validation, supernet"],
      ["Spikes", "spikes", "per image"], ["Fitness", "fitness", ""], ["Origin", null, ""],
    ];
    const cells = columns.map(([name, key, note]) => {
      const cell = h("th", { scope: "col", class: key && key !== "id" ? "number" : "", title: note || undefined });
      if (!key) cell.append(name);
      else {
        const button = h("button", { type: "button", class: "quiet sort", "data-key": key }, name);
        button.addEventListener("click", () => {
          this.sort = key;
          this.again();
        });
        cell.append(button);
      }
      return cell;
    });
    return h("thead", {}, h("tr", {}, ...cells));
  }

  /**
   * @param {Candidate[]} candidates
   * @param {{selected: number | null, front: Set<number>, parents: Set<number>, best: number | null, provisional: boolean}} view
   */
  render(candidates, view) {
    this.again = () => this.render(candidates, view);
    for (const cell of this.head.querySelectorAll("th")) {
      const key = cell.querySelector("button")?.dataset.key;
      if (key) cell.setAttribute("aria-sort", key === this.sort ? (key === "id" || key === "spikes" ? "ascending" : "descending") : "none");
    }
    const up = this.sort === "id" || this.sort === "spikes" ? 1 : -1;
    const ordered = [...candidates].sort((a, b) => up * (a[this.sort] - b[this.sort]) || a.id - b.id);
    const wanted = new Set(ordered.map((c) => c.id));
    for (const [id, row] of this.rows) {
      if (!wanted.has(id)) {
        row.remove();
        this.rows.delete(id);
      }
    }
    ordered.forEach((candidate, place) => {
      let row = this.rows.get(candidate.id);
      if (!row) this.rows.set(candidate.id, (row = this.makeRow(candidate)));
      this.fill(row, candidate, view);
      if (this.body.children[place] !== row) this.body.insertBefore(row, this.body.children[place] ?? null);
    });
  }

  /** @param {Candidate} candidate */
  makeRow(candidate) {
    const pick = h("button", { type: "button", class: "quiet pick" }, `${candidate.id}`);
    const row = h(
      "tr",
      { "data-id": candidate.id },
      h("td", {}, pick),
      h("td", { class: "strip" }, strip(document, candidate.architecture, this.layers, candidate.changed)),
      h("td", { class: "number" }), h("td", { class: "number" }), h("td", { class: "number" }), h("td", { class: "origin" }),
    );
    row.addEventListener("click", (event) => {
      const parent = /** @type {HTMLElement} */ (event.target).dataset.parent;
      this.select(parent === undefined ? candidate.id : Number(parent));
    });
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {Candidate} c
   * @param {{selected: number | null, front: Set<number>, parents: Set<number>, best: number | null, provisional: boolean}} view
   */
  fill(row, c, view) {
    const [, , accuracy, spikes, fitness, origin] = /** @type {any} */ (row.children);
    setText(accuracy, percent(c.accuracy));
    setText(spikes, short(c.spikes));
    spikes.title = `${exact(c.spikes)} spikes per image`;
    setText(fitness, c.fitness.toFixed(4));
    const marks = [view.best === c.id ? "best so far" : "", view.front.has(c.id) ? "on the front" : "", view.provisional ? "estimate so far" : ""];
    const key = c.origin + c.parents.join() + marks.join();
    if (origin.dataset.key !== key) {
      origin.dataset.key = key;
      origin.replaceChildren(...describeOrigin(c), ...marks.filter(Boolean).map((m) => h("span", { class: "tag" }, m)));
    }
    row.toggleAttribute("data-selected", view.selected === c.id);
    row.toggleAttribute("data-provisional", view.provisional);
    row.firstElementChild?.firstElementChild?.setAttribute("aria-pressed", String(view.selected === c.id));
  }
}

/**
 * "mutation of 12, layer 3": with the parents to click on.
 * @param {Candidate} c
 * @returns {(Node | string)[]}
 */
export function describeOrigin(c) {
  if (!c.parents.length) return [`${c.origin} `];
  const parents = c.parents.flatMap((id, i) => [
    ...(i ? [" and "] : []),
    h("button", { type: "button", class: "link", "data-parent": id, title: `select candidate ${id}` }, `${id}`),
  ]);
  const places = c.changed.length ? `, layer${c.changed.length > 1 ? "s" : ""} ${c.changed.map((i) => i + 1).join(", ")} ` : " ";
  return [`${c.origin} of `, ...parents, places];
}
