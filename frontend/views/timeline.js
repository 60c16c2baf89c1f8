// Generations along the bottom, best fitness drawn in them; a playhead, play, speed, and the live edge.

import { byId, setText, svg } from "../dom.js";

/** @typedef {import("../state.js").State} State */

const STEP_MS = 900;

export class Timeline {
  /** @param {(generation: number | null) => void} go null is the live edge */
  constructor(go) {
    this.go = go;
    this.count = 0;
    /** @type {number | null} */
    this.timer = null;
    this.range = /** @type {HTMLInputElement} */ (byId("playhead"));
    this.range.addEventListener("input", () => this.go(Number(this.range.value)));
    this.range.addEventListener("keydown", (event) => {
      if (event.key === "End") {
        event.preventDefault();
        this.live();
      }
      if (!event.shiftKey || !event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const sign = event.key === "ArrowRight" || event.key === "ArrowUp" ? 5 : -5;
      this.go(Math.min(Math.max(Number(this.range.value) + sign, 0), this.count - 1));
    });
    byId("live").addEventListener("click", () => this.live());
    byId("play").addEventListener("click", () => (this.timer === null ? this.play() : this.pause()));
  }

  live() {
    this.pause();
    this.go(null);
  }

  play() {
    if (Number(this.range.value) >= this.count - 1) this.go(0);
    const speed = () => Number(/** @type {HTMLSelectElement} */ (byId("speed")).value);
    const tick = () => {
      const next = Number(this.range.value) + 1;
      if (next >= this.count) return this.live();
      this.go(next);
      this.timer = setTimeout(tick, STEP_MS / speed());
    };
    this.timer = setTimeout(tick, STEP_MS / speed());
    setText(byId("play"), "Pause");
  }

  pause() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    setText(byId("play"), "Play");
  }

  /** @param {State} state @param {number | null} generation */
  render(state, generation) {
    const planned = state.generations[0]?.generations ?? 0;
    this.count = state.generations.length;
    const shown = generation ?? this.count - 1;
    byId("timeline").hidden = this.count === 0;
    if (!this.count) return;
    this.range.max = String(this.count - 1);
    this.range.value = String(shown);
    this.range.setAttribute("aria-valuetext", `generation ${shown + 1} of ${planned}`);
    setText(byId("generation"), `Generation ${shown + 1} of ${planned}`);
    byId("live").setAttribute("aria-pressed", String(generation === null));
    setText(byId("live"), state.finished ? "Last" : "Live edge");
    this.draw(state, planned, shown);
  }

  /** @param {State} state @param {number} planned @param {number} shown */
  draw(state, planned, shown) {
    const place = byId("fitness-line");
    const key = `${this.count}/${shown}`;
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    const best = state.generations.map((g) => state.candidates[g.best].fitness);
    const own = state.generations.map((g) => Math.max(...g.candidates.map((c) => c.fitness)));
    const low = Math.min(...own, ...best);
    const high = Math.max(...best, low + 1e-9);
    const slot = 1000 / Math.max(this.count, 1);
    const y = (/** @type {number} */ f) => 6 + (1 - (f - low) / (high - low)) * 36;
    const drawing = svg("svg", { viewBox: "0 0 1000 48", preserveAspectRatio: "none", "aria-hidden": "true" });
    own.forEach((f, i) => {
      const bar = svg("rect", { x: i * slot + 1, width: Math.max(slot - 2, 1), y: y(f), height: 48 - y(f), class: i === shown ? "bar-now" : "bar-own" });
      drawing.append(bar);
    });
    const steps = best.flatMap((f, i) => [`${i * slot},${y(f)}`, `${(i + 1) * slot},${y(f)}`]).join(" ");
    drawing.append(svg("polyline", { points: steps, class: "best-line", "vector-effect": "non-scaling-stroke" }));
    place.replaceChildren(drawing);
    place.title = `best fitness so far ${best[shown].toFixed(4)}; ${planned - this.count} generations to come`;
  }
}
