// Generations along the bottom, best fitness drawn in them; a playhead, play, step, speed, and the live edge.

import { mix, token } from "../../lib/colours.js";
import { byId, setText } from "../../lib/dom.js";
import { plannedGenerations } from "../../wire/state.js";

/** @typedef {import("../../wire/state.js").State} State */

const STEP_MS = 900;
const HEIGHT = 40;

export class Timeline {
  /**
   * @param {{go: (generation: number | null) => void, speed: (speed: number) => void}} act a generation of null is the live edge
   */
  constructor(act) {
    this.act = act;
    this.count = 0;
    this.speed = 1;
    /** How many there were when the person left the live edge. @type {number | null} */
    this.left = null;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.timer = null;
    /** @type {{best: number, own: number}[]} */
    this.bars = [];
    this.drawn = "";
    this.range = /** @type {HTMLInputElement} */ (byId("playhead"));
    this.line = /** @type {HTMLCanvasElement} */ (byId("fitness-line"));
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    this.range.addEventListener("keydown", (event) => this.key(event));
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
    speed.addEventListener("change", () => act.speed(Number(speed.value)));
  }

  repaint() {
    this.drawn = "";
  }

  /** A generation by hand: playing stops. @param {number} generation */
  go(generation) {
    this.pause();
    this.act.go(Math.min(Math.max(generation, 0), this.count - 1));
  }

  live() {
    this.pause();
    this.act.go(null);
  }

  /** @param {number} by */
  step(by) {
    if (this.count) this.go(Number(this.range.value) + by);
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
    if (this.count) this.go(Math.floor((event.offsetX / this.line.clientWidth) * this.count));
  }

  toggle() {
    if (this.timer === null) this.play();
    else this.pause();
  }

  play() {
    if (!this.count) return;
    if (Number(this.range.value) >= this.count - 1) this.act.go(0);
    const tick = () => {
      const next = Number(this.range.value) + 1;
      if (next >= this.count) return this.live();
      this.act.go(next);
      this.timer = setTimeout(tick, STEP_MS / this.speed);
    };
    this.timer = setTimeout(tick, STEP_MS / this.speed);
    this.say();
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

  /** @param {State} state @param {number | null} generation @param {number} speed @param {boolean} running */
  render(state, generation, speed, running) {
    const planned = plannedGenerations(state);
    this.count = state.generations.length;
    this.speed = speed;
    /** @type {HTMLSelectElement} */ (byId("speed")).value = String(speed);
    const shown = generation ?? this.count - 1;
    this.range.max = String(Math.max(this.count - 1, 0));
    this.range.value = String(Math.max(shown, 0));
    for (const id of ["playhead", "play", "back", "forward"]) /** @type {HTMLInputElement} */ (byId(id)).disabled = this.count === 0;
    this.range.setAttribute("aria-valuetext", this.count ? `generation ${shown + 1} of ${planned}` : "no generation yet");
    setText(byId("generation"), this.count ? `Generation ${shown + 1} of ${planned}` : "No generation yet");
    this.line.hidden = this.count === 0;
    this.edge(generation, running);
    this.learn(state);
    this.draw(planned, shown);
  }

  /** The way back to what is newest, and how much came since. @param {number | null} generation @param {boolean} running */
  edge(generation, running) {
    if (generation === null) this.left = null;
    else this.left ??= this.count;
    const news = this.left === null ? 0 : this.count - this.left;
    const button = /** @type {HTMLButtonElement} */ (byId("live"));
    button.setAttribute("aria-pressed", String(generation === null));
    setText(button, `${running ? "Live edge" : "Last"}${news ? ` · ${news} new` : ""}`);
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
