// Steps through scenes, by itself or by hand. It knows nothing of what a scene looks like.

import { pace } from "./scenes.js";

export class Player {
  /** @param {() => void} changed called whenever what is shown or whether it plays has changed */
  constructor(changed) {
    this.changed = changed;
    this.count = 0;
    this.index = 0;
    this.speed = 1;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.timer = null;
  }

  get playing() {
    return this.timer !== null;
  }

  /** @param {number} index */
  go(index) {
    const next = Math.min(Math.max(index, 0), Math.max(this.count - 1, 0));
    if (next === this.index) return;
    this.index = next;
    this.changed();
  }

  /** From the start again where it has come to the end. */
  play() {
    if (this.index >= this.count - 1) this.index = 0;
    this.again();
    this.changed();
  }

  again() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tick(), pace(this.count, this.speed));
  }

  tick() {
    if (globalThis.document?.hidden) return this.again(); // nobody looks: it waits
    if (this.index >= this.count - 1) return this.pause();
    this.index += 1;
    this.timer = null;
    if (this.index < this.count - 1) this.again();
    this.changed();
  }

  pause() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }
}
