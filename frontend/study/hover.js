// Linked highlighting: the candidate under the pointer or the focus is lit everywhere it is shown.

export class Hover {
  constructor() {
    /** @type {number | null} */
    this.id = null;
    /** @type {((id: number | null) => void)[]} */
    this.listeners = [];
  }

  /** Pictures that are no elements (plot, map) listen; elements only need data-id. @param {(id: number | null) => void} listener */
  listen(listener) {
    this.listeners.push(listener);
  }

  /** @param {number | null} id */
  set(id) {
    if (id === this.id) return;
    for (const old of document.querySelectorAll("[data-lit]")) old.removeAttribute("data-lit");
    this.id = id;
    this.mark();
    for (const listener of this.listeners) listener(id);
  }

  /** Light what was drawn since. */
  mark() {
    if (this.id === null) return;
    for (const element of document.querySelectorAll(`[data-id="${this.id}"]`)) element.setAttribute("data-lit", "");
  }

  /** Follow pointer and focus over everything that has a data-id. @param {HTMLElement} root */
  follow(root) {
    const of = (/** @type {EventTarget | null} */ target) => {
      const found = target instanceof Element ? target.closest("[data-id]") : null;
      return found ? Number(found.getAttribute("data-id")) : null;
    };
    for (const kind of ["pointerover", "focusin"]) root.addEventListener(kind, (event) => this.set(of(event.target)));
    root.addEventListener("pointerleave", () => this.set(of(document.activeElement)));
    root.addEventListener("focusout", () => this.set(null));
  }
}
