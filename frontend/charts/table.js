// A table of any length: only the rows in sight are elements, all of one height; what a person holds stays where it is.

import { h } from "../lib/dom.js";

const OVERSCAN = 8;

/**
 * @template T
 * @typedef {{
 *   id: (item: T) => number,
 *   make: (item: T) => HTMLElement,
 *   fill: (row: HTMLElement, item: T) => void
 * }} Rows
 */

/** @template T */
export class VirtualTable {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} head a thead
   * @param {Rows<T>} rows
   * @param {string} label
   */
  constructor(place, head, rows, label) {
    this.rows = rows;
    /** @type {T[]} */
    this.items = [];
    /** @type {Map<number, HTMLElement>} */
    this.kept = new Map();
    this.body = h("tbody");
    this.table = h("table", { class: "population", "aria-label": label }, head, this.body);
    this.sizer = h("div", { class: "sizer" }, this.table);
    this.scroller = h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": label }, this.sizer);
    place.replaceChildren(this.scroller);
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    if (typeof ResizeObserver !== "undefined") new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  /** A row's height in pixels, as the tokens say. */
  get rowHeight() {
    return parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 32;
  }

  /** Show these. With `anchor` the first row in sight keeps its place. @param {T[]} items @param {boolean} anchor */
  show(items, anchor) {
    const first = anchor ? this.items[Math.floor(this.scroller.scrollTop / this.rowHeight)] : undefined;
    const offset = this.scroller.scrollTop % this.rowHeight;
    this.items = items;
    this.sizer.style.height = `${items.length * this.rowHeight + this.headHeight}px`;
    if (first && this.scroller.scrollTop > 0) {
      const place = items.findIndex((item) => this.rows.id(item) === this.rows.id(first));
      if (place >= 0) this.scroller.scrollTop = place * this.rowHeight + offset;
    }
    this.draw();
  }

  /** No taller than so many rows need; what lies beneath stays in place while rows come. @param {number} rows */
  limit(rows) {
    this.scroller.style.maxHeight = Number.isFinite(rows) ? `${rows * this.rowHeight + this.headHeight + 2}px` : "";
  }

  get headHeight() {
    return this.table.querySelector("thead")?.offsetHeight || this.rowHeight;
  }

  /** The rows in sight. */
  draw() {
    const height = this.rowHeight;
    const inSight = Math.ceil((this.scroller.clientHeight || 20 * height) / height);
    const first = Math.max(0, Math.min(Math.floor(this.scroller.scrollTop / height) - OVERSCAN, this.items.length - 1));
    const shown = this.items.slice(first, first + inSight + 2 * OVERSCAN);
    this.table.style.marginTop = `${first * height}px`;
    this.table.setAttribute("aria-rowcount", String(this.items.length + 1));
    const wanted = new Set(shown.map(this.rows.id));
    for (const [id, row] of this.kept) {
      if (wanted.has(id)) continue;
      if (row.contains(document.activeElement)) this.scroller.focus({ preventScroll: true }); // keys go on working
      row.remove();
      this.kept.delete(id);
    }
    shown.forEach((item, place) => {
      const id = this.rows.id(item);
      let row = this.kept.get(id);
      if (!row) this.kept.set(id, (row = this.rows.make(item)));
      this.rows.fill(row, item);
      row.setAttribute("aria-rowindex", String(first + place + 2));
      if (this.body.children[place] !== row) this.body.insertBefore(row, this.body.children[place] ?? null);
    });
  }

  /** Bring a row into sight, moving as little as possible. @param {number} id */
  reveal(id) {
    const place = this.items.findIndex((item) => this.rows.id(item) === id);
    if (place < 0) return;
    const height = this.rowHeight;
    const [top, view] = [place * height, this.scroller.clientHeight - this.headHeight];
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + height > this.scroller.scrollTop + view) this.scroller.scrollTop = top + height - view;
    this.draw();
  }

  /** @param {number} id */
  row(id) {
    return this.kept.get(id) ?? null;
  }
}

/**
 * A head whose columns sort.
 * @param {{name: string, key?: string, number?: boolean, note?: string}[]} columns
 * @param {(key: string) => void} sort
 */
export function sortingHead(columns, sort) {
  const cells = columns.map(({ name, key, number, note }) => {
    const cell = h("th", { scope: "col", class: number ? "number" : "", title: note });
    if (!key) cell.append(name);
    else {
      const button = h("button", { type: "button", class: "quiet sort", "data-key": key }, name);
      button.addEventListener("click", () => sort(key));
      cell.append(button);
    }
    return cell;
  });
  return h("thead", {}, h("tr", {}, ...cells));
}

/** @param {HTMLElement} head @param {string} key @param {boolean} up */
export function markSorted(head, key, up) {
  for (const cell of head.querySelectorAll("th")) {
    const own = cell.querySelector("button")?.dataset.key;
    if (own) cell.setAttribute("aria-sort", own === key ? (up ? "ascending" : "descending") : "none");
  }
}
