// The address of what a page shows. Written at once, then after a rest: Safari throws at the hundredth write of half a minute.

export const REST_MS = 400;
const AGAIN_MS = 5_000;

/**
 * @typedef {{
 *   write: (query: string) => void, push: (query: string) => void,
 *   later: (run: () => void, ms: number) => number, never: (timer: number) => void, leaving: (run: () => void) => void
 * }} Browser
 */

/** @type {Browser} */
const realBrowser = {
  write: (query) => history.replaceState(null, "", query || location.pathname),
  push: (query) => history.pushState(null, "", query || location.pathname),
  later: (run, ms) => setTimeout(run, ms),
  never: (timer) => clearTimeout(timer),
  leaving: (run) => ["pagehide", "blur"].forEach((kind) => addEventListener(kind, run)), // the blur of a window whose address is copied
};

export class AddressBar {
  #resting = 0; // the timer of the rest after a write; 0 where none is needed
  #late = false; // whether something waits to be written

  /** @param {() => string} query of what is shown now: "" or "?…" @param {Browser} browser */
  constructor(query, browser = realBrowser) {
    this.query = query;
    this.browser = browser;
    browser.leaving(() => this.flush());
  }

  /** Something else is shown now. */
  changed() {
    this.#late = true;
    if (!this.#resting) this.flush();
  }

  /** Something else is shown now, from which the browser's way back leads to what was shown before. */
  turned() {
    this.#attempt(this.browser.push);
  }

  /** Write now what waits to be written. */
  flush() {
    if (this.#late) this.#attempt(this.browser.write);
  }

  /** @param {(query: string) => void} write */
  #attempt(write) {
    let rest = REST_MS;
    try {
      write(this.query());
      this.#late = false;
    } catch {
      this.#late = true; // refused for now; the page goes on without
      rest = AGAIN_MS;
    }
    this.browser.never(this.#resting);
    this.#resting = this.browser.later(() => {
      this.#resting = 0;
      this.flush();
    }, rest);
  }
}
