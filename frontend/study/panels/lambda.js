// The λ slider and what it decides: who wins, when the winner changes, and for which λ each member of the front would win.

import { byId, h, setText } from "../../lib/dom.js";
import { exact, minus, percent, short } from "../../lib/format.js";
import { strip } from "../../domain/genome.js";
import { bestUnder, knee } from "../../domain/front.js";
import { LEAST, MOST, reigns } from "../../domain/ranking.js";

/** @typedef {import("../../wire/events.js").Candidate} Candidate */
/** @typedef {import("../frame.js").Frame} Frame */
/** @typedef {import("../view.js").View} View */

const USUAL_LEAST = -0.5;
const STEP = 0.005;

/** "−0.08", with a true minus. @param {number} value */
export function lambdaText(value) {
  return minus(Number(value.toFixed(3)));
}

export class LambdaPanel {
  /**
   * @param {import("../../domain/genome.js").Layer[]} layers
   * @param {number} own
   * @param {{show: (change: Partial<View>) => void, select: (id: number) => void, view: () => View}} act
   */
  constructor(layers, own, act) {
    this.layers = layers;
    this.own = own;
    this.act = act;
    this.drawn = "";
    this.slider = /** @type {HTMLInputElement} */ (byId("lambda-slider"));
    this.slider.min = String(Math.min(USUAL_LEAST, Math.floor(own * 2 * 10) / 10, own));
    this.slider.max = String(MOST);
    this.slider.step = String(STEP);
    this.slider.addEventListener("keydown", () => this.place(act.view())); // the browser steps from where the slider stands
    this.slider.addEventListener("input", () => act.show({ lambda: this.snapped(Number(this.slider.value)) }));
    byId("lambda-own").addEventListener("click", () => act.show({ lambda: null }));
    this.budget = /** @type {HTMLInputElement} */ (byId("budget"));
    this.budget.addEventListener("input", () => act.show({ budget: this.budget.value === "" ? null : Math.max(0, Number(this.budget.value)) }));
    byId("front-table").addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest("[data-id]");
      if (row) act.select(Number(row.getAttribute("data-id")));
    });
  }

  /** Put the slider where the view stands. @param {View} view */
  place(view) {
    this.slider.value = String(view.lambda ?? this.own);
  }

  /** Next to the study's own λ the slider is at it, so that its ranking is the engine's. @param {number} value */
  snapped(value) {
    return Math.abs(value - this.own) < STEP / 2 ? null : value;
  }

  /** @param {Frame} frame @param {View} view */
  render(frame, view) {
    const { lambda, own, average } = frame.rule;
    this.place(view);
    this.slider.setAttribute("aria-valuetext", `λ ${lambdaText(lambda)}${lambda === own ? ", the study's own" : ""}`);
    setText(byId("lambda-value"), `λ = ${lambdaText(lambda)}`);
    byId("lambda-own").hidden = lambda === own;
    if (this.budget !== document.activeElement) this.budget.value = view.budget === null ? "" : String(view.budget);
    const key = [frame.shown, frame.candidates.length, lambda, view.budget, view.selected].join("/");
    if (key === this.drawn) return;
    this.drawn = key;
    byId("front-of-search").hidden = frame.front.length === 0;
    const found = frame.rule.fixed ? [] : reigns(frame.front, average);
    setText(byId("lambda-words"), winnerWords(frame, found));
    setText(byId("knee-words"), kneeWords(knee(frame.front)));
    setText(byId("budget-words"), budgetWords(bestUnder(frame.front, view.budget ?? -1), view.budget));
    this.table(frame, view, found);
  }

  /** @param {Frame} frame @param {View} view @param {import("../../domain/ranking.js").Reign[]} found */
  table(frame, view, found) {
    const bend = knee(frame.front)?.id;
    const under = view.budget === null ? undefined : bestUnder(frame.front, view.budget)?.id;
    const rows = frame.front.map((c) => {
      const reign = found.find((one) => one.candidate.id === c.id);
      const marks = [frame.best?.id === c.id ? "winner" : "", bend === c.id ? "knee" : "", under === c.id ? "budget" : ""].filter(Boolean);
      const numbers = [percent(c.accuracy), short(c.spikes), frame.fitness(c).toFixed(4)].map((text) => h("td", { class: "number" }, text));
      return h(
        "tr",
        { "data-id": c.id, "data-selected": view.selected === c.id },
        h("td", {}, h("button", { type: "button", class: "quiet pick", "aria-pressed": String(view.selected === c.id) }, `${c.id}`)),
        h("td", { class: "strip" }, strip(document, c.architecture, this.layers)),
        ...numbers,
        h("td", { class: "number" }, reign ? `${lambdaText(reign.low)} to ${lambdaText(reign.high)}` : h("span", { class: "muted" }, frame.rule.fixed ? "not computed" : "never")),
        h("td", { class: "origin" }, ...marks.map((m) => h("span", { class: "tag" }, m))),
      );
    });
    const focus = document.activeElement?.closest("#front-table tr")?.getAttribute("data-id");
    byId("front-table").replaceChildren(...rows);
    if (focus) /** @type {HTMLElement | null} */ (byId("front-table").querySelector(`[data-id="${focus}"] button`))?.focus();
  }
}

/** @param {Frame} frame @param {import("../../domain/ranking.js").Reign[]} found */
export function winnerWords(frame, found) {
  const { best, engineBest, rule } = frame;
  if (!best) return "The winner appears with the first generation.";
  const said = (/** @type {Candidate} */ c) => `#${c.id} ${c.architecture} (${percent(c.accuracy)}, ${short(c.spikes)} spikes)`;
  const reign = found.find((one) => one.candidate.id === best.id);
  const range = reign && `It is the winner for every λ from ${lambdaText(Math.max(reign.low, LEAST))} to ${lambdaText(reign.high)}.`;
  if (rule.lambda === rule.own) return `At λ = ${lambdaText(rule.own)}, the study's own, the winner is ${said(best)}. ${range ?? ""}`;
  if (best.id === engineBest?.id) return `At λ = ${lambdaText(rule.lambda)} the winner stays ${said(best)}. ${range ?? ""}`;
  return `At λ = ${lambdaText(rule.lambda)} the winner changes from #${engineBest?.id} ${engineBest?.architecture} to ${said(best)}. ${range ?? ""}`;
}

/** @param {Candidate | null} c */
function kneeWords(c) {
  return c ? `#${c.id} ${c.architecture} is the knee, farthest above the line between the front's ends: ${percent(c.accuracy)}, ${short(c.spikes)} spikes.` : "A knee needs a front of three or more members.";
}

/** @param {Candidate | null} c @param {number | null} budget */
function budgetWords(c, budget) {
  if (budget === null) return "Enter a number of spikes per image.";
  return c ? `#${c.id} ${c.architecture} is the most accurate of at most ${exact(budget)} spikes: ${percent(c.accuracy)}, ${short(c.spikes)}.` : `No candidate has ${exact(budget)} spikes or fewer.`;
}
