// Event playback: exactly the frames [T, 2, size, size] the network will see, drawn one after another.

import { byId, h, setText } from "../lib/dom.js";
import { exact, micros } from "../lib/format.js";
import { got } from "../lib/http.js";

/** @typedef {import("./types.js").Detail} Detail */
/** @typedef {{recording: string, counts: Uint16Array, steps: number, size: number, events: number, micros: number, most: number}} Frames */

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const FPS = 8;

/**
 * One frame as RGBA: ON pulls towards one colour, OFF towards another, both over the ground; more events, stronger.
 * @param {Frames} frames
 * @param {number} step
 * @param {{ground: number[], on: number[], off: number[]}} colours
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function paint({ counts, size, most }, step, { ground, on, off }) {
  const pixels = new Uint8ClampedArray(4 * size * size);
  const area = size * size;
  for (let k = 0; k < area; k++) {
    const offs = counts[(2 * step) * area + k];
    const ons = counts[(2 * step + 1) * area + k];
    const strength = Math.sqrt(Math.min(1, Math.max(ons, offs) / Math.max(1, most / 2)));
    const colour = ons >= offs ? on : off;
    for (let c = 0; c < 3; c++) pixels[4 * k + c] = ground[c] + (colour[c] - ground[c]) * (ons + offs ? Math.max(0.35, strength) : 0);
    pixels[4 * k + 3] = 255;
  }
  return pixels;
}

/** ON and OFF events of a step. @param {Frames} frames @param {number} step */
export function tally({ counts, size }, step) {
  const area = size * size;
  let off = 0;
  let on = 0;
  for (let k = 0; k < area; k++) {
    off += counts[2 * step * area + k];
    on += counts[(2 * step + 1) * area + k];
  }
  return { on, off };
}

export class Player {
  /** @type {Frames | null} */
  #frames = null;
  #step = 0;
  #playing = false;
  #due = 0;
  #next = 0; // the frame of the screen that is waited for
  #asked = 0;

  /** @param {Detail} dataset */
  constructor(dataset) {
    this.dataset = dataset;
    const size = dataset.report.config.image_size;
    const sensor = dataset.report.sensor ?? size;
    this.sample = select("Recording", this.#recordings());
    this.steps = select("T", [2, 4, 6, 8, 10, 16, 20, 32, 64].map((n) => [String(n), String(n)]), "8");
    this.by = select("Frames by", [["count", "number of events (the paper's)"], ["duration", "duration"]]);
    const sizes = [...new Set([8, 16, 17, 32, 34, 48, 64, 128, size])].filter((n) => n <= Math.min(128, sensor)).sort((a, b) => a - b);
    this.size = select("Pixels", sizes.map((n) => [String(n), `${n} × ${n}`]), String(size));
    this.speed = select("Speed", SPEEDS.map((n) => [String(n), `${n}×`]), "1");
    this.play = /** @type {HTMLButtonElement} */ (h("button", { type: "button", id: "player-play" }, "Play"));
    this.scrub = /** @type {HTMLInputElement} */ (h("input", { type: "range", id: "player-step", min: 0, max: 7, value: 0, step: 1, "aria-label": "Time step" }));
  }

  show() {
    const controls = [this.sample, this.steps, this.by, this.size, this.speed].map(({ row }) => row);
    byId("player-controls").replaceChildren(...controls, this.play, this.scrub);
    for (const { input } of [this.sample, this.steps, this.by, this.size]) input.addEventListener("change", () => void this.#load());
    this.play.addEventListener("click", () => this.#toggle());
    this.scrub.addEventListener("input", () => this.#go(Number(this.scrub.value)));
    new MutationObserver(() => this.#draw()).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    void this.#load();
  }

  /** @returns {[string, string][]} */
  #recordings() {
    const { recordings, report } = this.dataset;
    return recordings.map((label, k) => [String(k), `${report.classes[label]}, ${recordings.slice(0, k + 1).filter((other) => other === label).length}`]);
  }

  async #load() {
    const turn = ++this.#asked;
    const [steps, size] = [Number(this.steps.input.value), Number(this.size.input.value)];
    const recording = new Map(this.#recordings()).get(this.sample.input.value) ?? "";
    const query = new URLSearchParams({ sample: this.sample.input.value, time_steps: String(steps), by: this.by.input.value, size: String(size) });
    const found = await got(`/api/datasets/${this.dataset.id}/frames?${query}`, async (answer) => {
      const number = (/** @type {string} */ name) => Number(answer.headers.get(name));
      return { counts: new Uint16Array(await answer.arrayBuffer()), events: number("X-Events"), micros: number("X-Duration"), most: number("X-Most") };
    });
    if (turn !== this.#asked) return;
    if (!found) return setText(byId("player-words"), "These frames could not be loaded.");
    this.#frames = { recording, steps, size, ...found };
    this.scrub.max = String(steps - 1);
    this.#go(Math.min(this.#step, steps - 1));
  }

  #toggle() {
    this.#playing = !this.#playing;
    setText(this.play, this.#playing ? "Pause" : "Play");
    cancelAnimationFrame(this.#next); // pressed twice before a frame, it would play twice
    if (this.#playing) this.#next = requestAnimationFrame((now) => ((this.#due = now), this.#tick(now)));
  }

  /** @param {number} now */
  #tick(now) {
    if (this.#frames && now >= this.#due) { // pressed before they are here, it plays once they are
      this.#due = now + 1000 / (FPS * Number(this.speed.input.value));
      this.#go((this.#step + 1) % this.#frames.steps);
    }
    this.#next = requestAnimationFrame((later) => this.#tick(later));
  }

  /** @param {number} step */
  #go(step) {
    this.#step = step;
    this.scrub.value = String(step);
    this.#draw();
  }

  #draw() {
    const frames = this.#frames;
    if (!frames) return;
    const canvas = /** @type {HTMLCanvasElement} */ (byId("player"));
    if (canvas.width !== frames.size) canvas.width = canvas.height = frames.size;
    const context = canvas.getContext("2d");
    context?.putImageData(new ImageData(paint(frames, this.#step, colours()), frames.size, frames.size), 0, 0);
    const { on, off } = tally(frames, this.#step);
    canvas.setAttribute("aria-label", `${frames.recording}: time step ${this.#step + 1} of ${frames.steps}: ${exact(on)} ON and ${exact(off)} OFF events`);
    byId("player-words").replaceChildren(
      h("p", {}, h("b", {}, `Step ${this.#step + 1} of ${frames.steps}`)),
      h("p", {}, h("span", { class: "swatch on" }), ` ON ${exact(on)}`),
      h("p", {}, h("span", { class: "swatch off" }), ` OFF ${exact(off)}`),
      h("p", { class: "muted" }, `${exact(frames.events)} events in ${micros(frames.micros)}; at most ${exact(frames.most)} at one pixel in one frame`),
    );
  }
}

/**
 * @param {string} name
 * @param {[string, string][]} options
 * @param {string} [value]
 */
function select(name, options, value) {
  const input = /** @type {HTMLSelectElement} */ (h("select", { id: `player-${name.split(" ")[0].toLowerCase()}` }, ...options.map(([key, words]) => h("option", { value: key, selected: key === value }, words))));
  return { input, row: h("label", {}, `${name} `, input) };
}

/** The theme's colours as numbers, resolved by the browser itself. */
function colours() {
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
  const style = getComputedStyle(document.documentElement);
  const [ground, on, off] = ["--sunken", "--event-on", "--event-off"].map((name) => {
    context.fillStyle = style.getPropertyValue(name);
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  });
  return { ground, on, off };
}
