// Generations along the bottom, best fitness drawn in them; a playhead, play, step, speed, and the newest generation.

import { mix, token } from "../../lib/colours.js";
import { byId, setText } from "../../lib/dom.js";
import { plannedGenerations } from "../../wire/state.js";

/** @typedef {import("../../wire/state.js").State} State */
/**
 * What a person's hands do to the view, and where it stands now, which may not be drawn yet.
 * @typedef {{
 *   go: (generation: number | null) => void, setSpeed: (speed: number) => void,
 *   position: () => {shown: number, total: number}, live: () => boolean, speed: () => number
 * }} Act a generation of null is the newest generation; a total of 0 means that there is nothing to go through
 */

const STEP_MS = 900;
const HEIGHT = 40;

export class Timeline {
  /** @param {Act} act */
  constructor(act) {
    this.act = act;
    /** How many there were when the person left the newest generation. @type {number | null} */
    this.left = null;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.timer = null;
    /** @type {{best: number, own: number}[]} */
    this.bars = [];
    this.drawn = "";
    this.range = /** @type {HTMLInputElement} */ (byId("playhead"));
    this.line = /** @type {HTMLCanvasElement} */ (byId("fitness-line"));
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    this.range.addEventListener("keydown", (event) => {
      this.place(); // the browser steps from where the slider stands
      this.key(event);
    });
    this.line.addEventListener("pointerdown", (event) => {
      this.line.setPointerCapture(event.pointerId);
      this.scrub(event);
    });
    this.line.addEventListener("pointermove", (event) => {
      if (event.buttons) this.scrub(event);
    });
    byId("live").addEventListener("click", () => this.live());
    byId("play").addEventListener("click", () => this.toggle());
    byId("back").addEventListener("click", () => this.step(-1));
    byId("forward").addEventListener("click", () => this.step(1));
    const speed = /** @type {HTMLSelectElement} */ (byId("speed"));
    speed.addEventListener("change", () => act.setSpeed(Number(speed.value)));
  }

  repaint() {
    this.drawn = "";
  }

  /** A generation by hand: playing stops. @param {number} generation */
  go(generation) {
    this.pause();
    this.move(generation);
  }

  /** @param {number} generation */
  move(generation) {
    const { total } = this.act.position();
    if (!total) return;
    if (this.act.live()) this.left = total;
    this.act.go(Math.min(Math.max(generation, 0), total - 1));
  }

  live() {
    this.pause();
    this.act.go(null);
  }

  /** @param {number} by */
  step(by) {
    const { shown, total } = this.act.position();
    if (total) this.go(shown + by);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "End") this.live();
    else if (event.shiftKey && event.key.startsWith("Arrow")) this.step(event.key === "ArrowRight" || event.key === "ArrowUp" ? 5 : -5);
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  scrub(event) {
    const { total } = this.act.position();
    if (total) this.go(Math.floor((event.offsetX / this.line.clientWidth) * total));
  }

  toggle() {
    if (this.timer === null) this.play();
    else this.pause();
  }

  play() {
    const { shown, total } = this.act.position();
    if (!total) return;
    if (shown >= total - 1) this.move(0);
    this.timer = setTimeout(() => this.tick(), STEP_MS / this.act.speed());
    this.say();
  }

  /** The next generation; after the last one the newest generation. */
  tick() {
    const { shown, total } = this.act.position();
    if (shown + 1 >= total) return this.live();
    this.move(shown + 1);
    this.timer = setTimeout(() => this.tick(), STEP_MS / this.act.speed());
  }

  pause() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.say();
  }

  say() {
    const playing = this.timer !== null;
    setText(byId("play"), playing ? "Pause" : "Play");
    byId("play").setAttribute("aria-pressed", String(playing));
  }

  /** Put the slider where the view stands. */
  place() {
    const { shown, total } = this.act.position();
    this.range.max = String(Math.max(total - 1, 0));
    this.range.value = String(Math.max(shown, 0));
  }

  /** @param {State} state @param {boolean} running */
  render(state, running) {
    const planned = plannedGenerations(state);
    const { shown, total } = this.act.position();
    /** @type {HTMLSelectElement} */ (byId("speed")).value = String(this.act.speed());
    this.place();
    for (const id of ["playhead", "play", "back", "forward"]) /** @type {HTMLInputElement} */ (byId(id)).disabled = total === 0;
    this.range.setAttribute("aria-valuetext", total ? `generation ${shown + 1} of ${planned}` : "no generation yet");
    setText(byId("generation"), total ? `Generation ${shown + 1} of ${planned}` : "No generation yet");
    this.line.hidden = total === 0;
    this.edge(total, running);
    this.learn(state);
    this.draw(planned, shown);
  }

  /** The way back to what is newest, and how much came since. @param {number} total @param {boolean} running */
  edge(total, running) {
    const live = this.act.live();
    if (live) this.left = null;
    else this.left ??= total; // the address led here
    const news = this.left === null ? 0 : total - this.left;
    const button = /** @type {HTMLButtonElement} */ (byId("live"));
    button.setAttribute("aria-pressed", String(live));
    setText(button, `${running ? "Live" : "Latest"}${news ? ` · ${news} new` : ""}`);
  }

  /** @param {State} state */
  learn(state) {
    for (const g of state.generations.slice(this.bars.length)) {
      const own = g.candidates.reduce((most, c) => Math.max(most, c.fitness), 0);
      this.bars.push({ best: state.candidates[g.best]?.fitness ?? own, own });
    }
  }

  /** @param {number} planned @param {number} shown */
  draw(planned, shown) {
    const width = this.line.parentElement?.clientWidth ?? 0;
    const key = `${this.bars.length}/${planned}/${shown}/${width}`;
    if (!width || key === this.drawn) return;
    this.drawn = key;
    const ratio = devicePixelRatio || 1;
    [this.line.width, this.line.height] = [width * ratio, HEIGHT * ratio];
    this.line.style.height = `${HEIGHT}px`;
    const ctx = this.line.getContext("2d");
    if (!ctx || !this.bars.length) return;
    ctx.scale(ratio, ratio);
    let [low, high] = [Infinity, -Infinity];
    for (const { own, best } of this.bars) [low, high] = [Math.min(low, own), Math.max(high, best)];
    const slot = width / this.bars.length;
    const y = (/** @type {number} */ f) => 4 + (1 - (f - low) / (high - low || 1)) * (HEIGHT - 12);
    const [pale, full] = [mix(token("--surface"), token("--accent"), 0.3), token("--accent")];
    this.bars.forEach(({ own }, i) => {
      ctx.fillStyle = i === shown ? full : pale;
      ctx.fillRect(i * slot + (slot > 4 ? 1 : 0), y(own), Math.max(slot - (slot > 4 ? 2 : 0), i === shown ? 2 : 0.5), HEIGHT - y(own));
    });
    ctx.strokeStyle = token("--ink");
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    this.bars.forEach(({ best }, i) => {
      ctx.lineTo(i * slot, y(best));
      ctx.lineTo((i + 1) * slot, y(best));
    });
    ctx.stroke();
    const left = planned - this.bars.length;
    this.line.title = `best fitness so far ${this.bars[shown]?.best.toFixed(4)}${left ? `; ${left} generation${left > 1 ? "s" : ""} to come` : ""}`;
  }
}
