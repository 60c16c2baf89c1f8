// Accuracy against spikes on Plotly, loaded lazily. Rings over it mark what is hovered and selected without drawing it again.

import { h, setText } from "../lib/dom.js";
import { exact, percent, short } from "../lib/format.js";
import { byFinger, drawPlot, layout, plotly } from "./plotly.js";
import { AXES, drawn, placing, traces } from "./pareto_traces.js";

/** @typedef {import("../wire/events.js").Candidate} Candidate */
/** @typedef {import("../study/frame.js").Frame} Frame */
/** @typedef {import("../study/view.js").View} View */
/** @typedef {{frame: Frame, view: View, beside: import("./pareto_traces.js").Beside}} Shown */

const AGAIN_MS = 5_000;

export class ParetoPlot {
  /**
   * @param {HTMLElement} frame around the plot; takes the focus
   * @param {HTMLElement} place
   * @param {HTMLElement} empty where it is said why there is no plot
   * @param {HTMLElement} words the sentence beneath
   * @param {{select: (id: number) => void, hover: (id: number | null) => void, along: (step: number) => boolean}} act `along` walks along the front, where there is one
   */
  constructor(frame, place, empty, words, act) {
    this.frame = frame;
    this.place = place;
    this.empty = empty;
    this.words = words;
    this.act = act;
    this.listening = false;
    this.drawn = "";
    this.busy = false;
    this.late = false; // whether something came while a drawing went on
    /** @type {Record<"hovered" | "selected" | "best", Candidate | null>} */
    this.marks = { hovered: null, selected: null, best: null };
    /** A point under the pointer: while there is one, live updates wait. */
    this.hovering = false;
    this.rings = Object.fromEntries(Object.keys(this.marks).map((kind) => [kind, h("span", { class: `ring ${kind}`, hidden: true })]));
    frame.append(...Object.values(this.rings));
    frame.addEventListener("keydown", (event) => this.walk(event));
    /** Plotly tells of a tap twice, when the finger leaves and by the mouse that the browser makes of it: one pointer went down. */
    this.answered = false;
    frame.addEventListener("pointerdown", () => (this.answered = false), true);
    /** @type {Shown | null} */
    this.shown = null;
    this.nothing = ""; // why there is nothing to draw yet
    this.excuse = ""; // what keeps it from being drawn
  }

  /** Say why there is nothing to draw; empty where there is something. @param {string} words */
  blank(words) {
    this.nothing = words;
    this.tell();
  }

  tell() {
    const words = this.nothing || this.excuse;
    setText(this.empty, words);
    this.empty.hidden = !words;
  }

  /** The colours have changed: draw again at the next render. */
  repaint() {
    this.drawn = "";
  }

  /** @param {Frame} frame @param {View} view @param {import("./pareto_traces.js").Beside} beside @param {string} version of what is drawn beside */
  render(frame, view, beside, version) {
    this.shown = { frame, view, beside };
    if (!frame.candidates.length && !frame.estimating) return;
    const estimates = frame.estimating ? frame.current.map((c) => c.accuracy).join() : "";
    const key = [frame.candidates.length, estimates, frame.shown, frame.planned, frame.rule.lambda, view.x, view.y, view.log, view.iso, view.published, version].join("/");
    if (key === this.drawn) return this.ring(); // a progress tick must not disturb a hover or a drag
    this.drawn = key;
    this.draw();
  }

  /** One drawing at a time; what comes meanwhile is drawn after it, once. */
  draw() {
    if (this.busy) {
      this.late = true;
      return;
    }
    this.busy = true;
    void this.react().finally(() => {
      this.busy = false;
      if (this.late) requestAnimationFrame(() => this.draw());
      this.late = false;
    });
  }

  async react() {
    const there = await this.library();
    const { shown } = this;
    if (!there || !shown) return;
    const { frame, view, beside } = shown;
    try {
      const points = drawn(frame, view);
      const x = { title: `${AXES[view.x]}${view.log ? " (log)" : ""}`, type: view.log ? "log" : "linear" };
      const y = { title: AXES[view.y] };
      await drawPlot(this.place, traces(points, frame, view, beside), layout(x, y, `${view.x}/${view.y}/${view.log}`));
      this.excuse = "";
      this.say(frame, points.length);
      if (!this.listening) this.listen();
      this.ring();
    } catch (error) {
      this.excuse = `${error instanceof Error ? error.message : error}. The tables have the same numbers.`;
    }
    this.tell();
  }

  /** Whether Plotly is there; where it cannot be had now, that is said, and it is tried again. */
  async library() {
    if (!this.listening) this.excuse = "The plot is loading: its library has some megabytes and is loaded once. The tables are complete.";
    this.tell();
    try {
      await plotly();
      return true;
    } catch (error) {
      this.excuse = `${error instanceof Error ? error.message : error}; retrying. The tables have the same numbers.`;
      this.tell();
      setTimeout(() => this.draw(), AGAIN_MS);
      return false;
    }
  }

  listen() {
    this.listening = true;
    const plot = /** @type {any} */ (this.place);
    const id = (/** @type {any} */ event) => (typeof event.points[0]?.customdata === "number" ? event.points[0].customdata : null);
    plot.on("plotly_click", (/** @type {any} */ event) => {
      const found = id(event);
      if (found === null || this.answered) return;
      this.answered = true;
      this.act.select(found);
    });
    plot.on("plotly_hover", (/** @type {any} */ event) => {
      this.hovering = true;
      this.act.hover(id(event));
    });
    plot.on("plotly_unhover", () => {
      this.hovering = false;
      this.act.hover(null);
    });
    for (const moved of ["plotly_relayout", "plotly_relayouting", "plotly_afterplot"]) plot.on(moved, () => this.ring());
  }

  /** @param {"hovered" | "selected" | "best"} kind @param {Candidate | null} candidate */
  mark(kind, candidate) {
    if (this.marks[kind] === candidate) return;
    this.marks[kind] = candidate;
    this.ring();
  }

  /** Put the rings where their candidates are now. */
  ring() {
    const axes = /** @type {any} */ (this.place)._fullLayout;
    if (!this.shown || !axes?.xaxis) return;
    const { x, y } = placing(this.shown.view, this.shown.frame);
    for (const [kind, c] of Object.entries(this.marks)) {
      const ring = this.rings[kind];
      const [left, top] = c ? [axes.xaxis.d2p(x(c)), axes.yaxis.d2p(y(c))] : [NaN, NaN];
      const inside = left >= 0 && left <= axes.xaxis._length && top >= 0 && top <= axes.yaxis._length;
      ring.hidden = !inside;
      if (!inside) continue;
      ring.style.left = `${axes.xaxis._offset + left}px`;
      ring.style.top = `${axes.yaxis._offset + top}px`;
    }
  }

  /** Arrow keys walk along the front. @param {KeyboardEvent} event */
  walk(event) {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step && this.act.along(step)) event.preventDefault();
  }

  /** @param {Frame} frame @param {number} points */
  say(frame, points) {
    const { candidates, front, best } = frame;
    if (!best) return;
    const part = points < candidates.length ? ` ${exact(points)} of ${exact(candidates.length)} points are drawn: the front, this generation, and the latest in each cell of a grid.` : "";
    const hands = byFinger() ? "Tap a point to inspect it." : "Drag to zoom, double-click to reset; arrow keys move along the front.";
    this.words.textContent = `${front.length} on the front of ${exact(candidates.length)} evaluated; best fitness ${frame.fitness(best).toFixed(4)} at ${percent(best.accuracy)} and ${short(best.spikes)} spikes, generation ${best.generation + 1}.${part} ${hands}`;
  }
}
