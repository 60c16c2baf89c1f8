// Joins a player, a stage and the controls beneath it; the same for the full-screen page and for the first visit.

import { setText } from "../lib/dom.js";
import { initialState } from "../wire/state.js";
import { Player } from "./player.js";
import { scenes, tell } from "./scenes.js";
import { load } from "./source.js";
import { Stage } from "./stage.js";

/** @typedef {import("./stage.js").About & {events: string}} Replay */

export class Replayed {
  /**
   * @param {HTMLElement} place
   * @param {Replay} replay
   * @param {(replayed: Replayed) => void} shown after each scene
   */
  constructor(place, replay, shown = () => {}) {
    this.replay = replay;
    this.state = initialState;
    /** @type {import("./scenes.js").Scene[]} */
    this.scenes = [];
    this.shown = shown;
    this.stage = new Stage(place, replay);
    this.range = /** @type {HTMLInputElement} */ (this.of(place, "range"));
    this.button = this.of(place, "play");
    this.where = this.of(place, "where");
    this.player = new Player(() => this.draw());
    this.button.addEventListener("click", () => this.player.toggle());
    this.range.addEventListener("input", () => this.seek(Number(this.range.value)));
  }

  /** @param {HTMLElement} place @param {string} name @returns {HTMLElement} */
  of(place, name) {
    const found = place.querySelector(`[data-${name}]`);
    if (!(found instanceof HTMLElement)) throw new Error(`the replay has no ${name}`);
    return found;
  }

  /** Read what is stored beyond what is known; whether there was anything. */
  async more() {
    const before = this.scenes.length;
    this.state = await load(this.replay.events, this.state);
    this.scenes = scenes(this.state);
    this.player.count = this.scenes.length;
    this.range.max = String(this.scenes.length - 1);
    this.draw();
    return this.scenes.length > before;
  }

  /** A person chose a scene: it stays there. @param {number} index */
  seek(index) {
    if (this.player.playing) this.player.pause();
    this.player.go(index);
  }

  draw() {
    const { index, playing } = this.player;
    const scene = this.scenes[index];
    if (!scene) return;
    this.stage.render(this.state, scene, playing);
    this.range.value = String(index);
    this.range.setAttribute("aria-valuetext", tell(this.state, scene, this.replay.sample).count);
    setText(this.button, playing ? "Pause" : index >= this.scenes.length - 1 ? "Play again" : "Play");
    setText(this.where, `${index + 1} of ${this.scenes.length}`);
    this.shown(this);
  }
}

/** Whether the person asked their system for stillness. */
export function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
