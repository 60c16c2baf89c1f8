// What was typed, and the way back: edits of one field after another count as one step.

export const LIMIT = 50;

/** @template T */
export class History {
  /** @type {T[]} */ #past = [];
  /** @type {T[]} */ #future = [];
  #last = "";

  /** @param {T} value */
  constructor(value) {
    this.value = value;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Take a new value. Answers whether it differs from the present one.
   * @param {T} next
   * @param {string} source the field that was edited; "" for a step of its own
   */
  set(next, source = "") {
    if (JSON.stringify(next) === JSON.stringify(this.value)) return false;
    if (!source || source !== this.#last) this.#past.push(this.value);
    if (this.#past.length > LIMIT) this.#past.shift();
    this.#future = [];
    this.#last = source;
    this.value = next;
    return true;
  }

  undo() {
    this.#travel(this.#past, this.#future);
  }

  redo() {
    this.#travel(this.#future, this.#past);
  }

  /** @param {T[]} from @param {T[]} to */
  #travel(from, to) {
    const next = from.pop();
    if (next === undefined) return;
    to.push(this.value);
    this.value = next;
    this.#last = "";
  }
}
