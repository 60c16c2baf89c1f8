// Studies chosen in the list to be compared: kept while the list is filtered and paged, at most as many as one can compare.

import { h, setText } from "../lib/dom.js";

export const MOST = 8;

/** @typedef {{getItem: (key: string) => string | null, setItem: (key: string, value: string) => void}} Store */

/**
 * With one more, or without one that was chosen; as they were where there would be too many.
 * @param {string[]} chosen in the order of choosing
 * @param {string} id
 */
export function toggled(chosen, id) {
  if (chosen.includes(id)) return chosen.filter((one) => one !== id);
  return chosen.length < MOST ? [...chosen, id] : chosen;
}

/** What is chosen, in words. @param {number} count @param {number} unseen of them not among the rows in sight */
export function inWords(count, unseen) {
  if (!unseen) return "";
  return unseen === count ? "Not listed here." : `${unseen} of them not listed here.`;
}

export class Choice {
  /**
   * @param {HTMLElement} before what the bar stands before
   * @param {string} owner whose choice it is: another who signs in here has another
   * @param {Store} store
   */
  constructor(before, owner, store = sessionStorage) {
    this.key = `compare:${owner}`;
    this.store = store;
    this.chosen = /** @type {string[]} */ (JSON.parse(store.getItem(this.key) ?? "[]"));
    /** @type {Map<string, HTMLInputElement>} */
    this.boxes = new Map();
    /** The studies whose rows are in sight. @type {Set<string>} */
    this.inSight = new Set();
    this.link = h("a", { class: "button" });
    this.words = h("span", { class: "small muted", role: "status" });
    const clear = h("button", { type: "button", class: "quiet" }, "Clear");
    clear.addEventListener("click", () => this.clear());
    this.bar = h("div", { class: "choice", role: "group", "aria-label": "Studies to compare" }, this.link, clear, this.words);
    before.before(this.bar);
    document.head.append(h("link", { rel: "stylesheet", href: "/static/style/choice.css" }));
  }

  /** A box for a study. @param {string} id @param {string} name */
  box(id, name) {
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", "aria-label": `Compare ${name}` }));
    box.addEventListener("change", () => this.toggle(id));
    this.boxes.set(id, box);
    return h("label", { class: "choose" }, box);
  }

  /** @param {string} id */
  toggle(id) {
    const before = this.chosen;
    this.keep(toggled(before, id));
    this.render();
    if (this.chosen === before) setText(this.words, `${MOST} studies are chosen, the maximum. Remove one first.`);
  }

  clear() {
    const next = this.chosen.find((id) => this.inSight.has(id));
    this.keep([]);
    this.render();
    if (next) this.boxes.get(next)?.focus(); // the button that was pressed is gone
  }

  /** A study that is put away is not compared. @param {string} id */
  drop(id) {
    this.boxes.delete(id);
    if (this.chosen.includes(id)) this.keep(toggled(this.chosen, id));
  }

  /** @param {string[]} chosen */
  keep(chosen) {
    this.chosen = chosen;
    this.store.setItem(this.key, JSON.stringify(chosen));
  }

  /** Boxes and bar as what is chosen has it. @param {Set<string>} inSight the studies whose rows are in sight */
  render(inSight = this.inSight) {
    this.inSight = inSight;
    for (const [id, box] of this.boxes) box.checked = this.chosen.includes(id);
    const count = this.chosen.length;
    this.bar.hidden = count === 0;
    setText(this.link, `Compare ${count} selected`);
    this.link.setAttribute("href", `/compare?s=${this.chosen.join(",")}`);
    const seen = this.chosen.filter((id) => inSight.has(id)).length;
    setText(this.words, inWords(count, count - seen));
  }
}
