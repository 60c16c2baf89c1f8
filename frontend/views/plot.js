// Accuracy against spikes: every candidate, its generation in colour, the Pareto front as a line. Plotly, loaded lazily.

import { mix, token } from "../colours.js";
import { h } from "../dom.js";
import { percent, short } from "../format.js";
import { front } from "../pareto.js";

/** @typedef {import("../events.js").Candidate} Candidate */
/** A network trained from scratch, on the test split; one without a name is drawn small. @typedef {{name: string, accuracy: number, spikes: number}} Trained */

const WEBGL_FROM = 3000;

/** @type {Promise<any> | null} */
let loading = null;

/** Plotly from our own server, once, when the first plot is needed. */
function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/vendor/plotly/plotly.min.js";
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => reject(new Error("Plotly could not be loaded"));
    document.head.append(script);
  });
  return loading;
}

export class ParetoPlot {
  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} words the sentence and the table twin
   * @param {(id: number) => void} select
   */
  constructor(place, words, select) {
    this.place = place;
    this.words = words;
    this.select = select;
    this.ready = false;
    this.drawn = "";
  }

  /** The colours have changed: draw again at the next render. */
  repaint() {
    this.drawn = "";
  }

  /**
   * @param {Candidate[]} candidates
   * @param {{generation: number, generations: number, selected: number | null, trained: Trained[]}} view
   */
  async render(candidates, view) {
    if (!candidates.length) return;
    const key = [candidates.length, view.generation, view.generations, view.selected, view.trained.length].join("/");
    if (key === this.drawn) return; // a progress tick must not disturb a hover or a drag
    this.drawn = key;
    this.say(candidates, view);
    try {
      const Plotly = await plotly();
      await Plotly.react(this.place, traces(candidates, view), layout(), { displayModeBar: false, responsive: true });
      if (!this.ready) {
        this.ready = true;
        /** @type {any} */ (this.place).on("plotly_click", (/** @type {any} */ event) => {
          const id = event.points[0]?.customdata;
          if (typeof id === "number") this.select(id);
        });
      }
    } catch (error) {
      loading = null;
      this.place.replaceChildren(h("p", { class: "notice bad" }, `${error}. The table below has the same numbers.`));
    }
  }

  /** @param {Candidate[]} candidates @param {{generation: number}} view */
  say(candidates, view) {
    const best = candidates.reduce((a, b) => (b.fitness > a.fitness ? b : a));
    const members = front(candidates).map((i) => candidates[i]);
    const key = `${candidates.length}/${view.generation}`;
    if (this.words.dataset.key === key) return;
    this.words.dataset.key = key;
    const open = /** @type {HTMLDetailsElement | null} */ (this.words.querySelector("details"))?.open ?? false;
    const sentence = `${members.length} on the front of ${candidates.length} judged; best fitness ${best.fitness.toFixed(4)} at ${percent(best.accuracy)} and ${short(best.spikes)} spikes, generation ${best.generation + 1}. Validation split, supernet weights.`;
    const rows = members.map((c) =>
      h("tr", {}, ...[`${c.id}`, c.architecture, percent(c.accuracy), short(c.spikes), c.fitness.toFixed(4)].map((text, i) => h("td", { class: i > 1 ? "number" : "" }, text))),
    );
    const head = h("tr", {}, ...["#", "Genome", "Accuracy", "Spikes", "Fitness"].map((n, i) => h("th", { scope: "col", class: i > 1 ? "number" : "" }, n)));
    this.words.replaceChildren(
      h("p", { class: "small muted", "aria-live": "polite" }, sentence),
      h("details", { open }, h("summary", {}, "The front as a table"), h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)))),
    );
  }
}

/**
 * @param {Candidate[]} candidates
 * @param {{generation: number, generations: number, selected: number | null, trained: Trained[]}} view
 */
function traces(candidates, view) {
  const type = candidates.length > WEBGL_FROM ? "scattergl" : "scatter";
  const [pale, full, ink, accent] = [mix(token("--surface"), token("--accent"), 0.4), token("--accent"), token("--ink"), token("--warn")];
  const last = Math.max(view.generations - 1, 1);
  const members = front(candidates).map((i) => candidates[i]);
  const selected = candidates.filter((c) => c.id === view.selected);
  const text = (/** @type {Candidate} */ c) =>
    `<b>${c.architecture}</b><br>${percent(c.accuracy)}, ${short(c.spikes)} spikes<br>fitness ${c.fitness.toFixed(4)}<br>#${c.id}, generation ${c.generation + 1}, ${c.origin}`;
  const points = {
    type, mode: "markers", name: "candidates",
    x: candidates.map((c) => c.spikes), y: candidates.map((c) => 100 * c.accuracy),
    customdata: candidates.map((c) => c.id), text: candidates.map(text), hovertemplate: "%{text}<extra></extra>",
    marker: {
      size: candidates.map((c) => (c.generation === view.generation ? 11 : 8)),
      color: candidates.map((c) => mix(pale, full, Math.min(c.generation / last, 1))),
      line: { width: candidates.map((c) => (c.generation === view.generation ? 1.5 : 0)), color: ink },
    },
  };
  const line = {
    type: "scatter", mode: "lines", name: "Pareto front", hoverinfo: "skip",
    x: members.map((c) => c.spikes), y: members.map((c) => 100 * c.accuracy), line: { color: ink, width: 1.5, shape: "hv" },
  };
  const picked = {
    type: "scatter", mode: "markers", name: "selected", hoverinfo: "skip",
    x: selected.map((c) => c.spikes), y: selected.map((c) => 100 * c.accuracy),
    marker: { size: 17, color: "rgba(0,0,0,0)", line: { width: 2.5, color: accent } },
  };
  const result = {
    type: "scatter", mode: "markers+text", name: "test, retrained",
    text: view.trained.map((t) => t.name && `${t.name}, test`), textposition: "bottom left", textfont: { color: ink, size: 12 }, cliponaxis: false,
    x: view.trained.map((t) => t.spikes), y: view.trained.map((t) => 100 * t.accuracy),
    hovertemplate: "%{text}<br>%{y:.1f} % on the test split, %{x:,.0f} spikes<extra></extra>",
    marker: { size: view.trained.map((t) => (t.name ? 14 : 7)), symbol: "diamond", color: ink },
  };
  return [line, points, picked, result];
}

/** One template from the tokens, so that the theme switches without a reload. */
function layout() {
  const [ink, muted, line] = [token("--ink"), token("--muted"), token("--line")];
  const axis = { gridcolor: line, zeroline: false, linecolor: line, tickcolor: line, tickfont: { color: muted, size: 12 }, automargin: true };
  return {
    uirevision: "keep", // a live update never resets zoom or pan
    autosize: true, showlegend: false, dragmode: matchMedia("(pointer: coarse)").matches ? false : "pan", // a finger scrolls the page
    margin: { l: 56, r: 12, t: 8, b: 48 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "ui-sans-serif, system-ui, sans-serif", color: ink, size: 13 },
    hoverlabel: { bgcolor: token("--surface"), bordercolor: line, font: { color: ink, size: 12 } },
    xaxis: { ...axis, title: { text: "spikes per image", font: { color: muted } } },
    yaxis: { ...axis, title: { text: "accuracy, %", font: { color: muted } } },
  };
}
