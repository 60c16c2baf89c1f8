// The panels of a study that searches: what each draws from a frame, and what a person can do in it.

import { byId } from "../lib/dom.js";
import { exact } from "../lib/format.js";
import { Alleles } from "./panels/alleles.js";
import { renderAxes, wireAxes } from "./panels/axes.js";
import { renderBalance } from "./panels/balance.js";
import { renderCurves } from "../charts/curves.js";
import { renderEffects } from "./panels/effects.js";
import { renderFilters, wireFilters } from "./panels/filters.js";
import { Inspector } from "./panels/inspector.js";
import { LambdaPanel } from "./panels/lambda.js";
import { LineageView } from "./panels/lineage.js";
import { SpaceMap } from "./panels/map.js";
import { ParetoPlot } from "../charts/pareto.js";
import { Population } from "./panels/population.js";
import { SearchAgain } from "./panels/search_again.js";
import { renderQuality } from "./panels/quality.js";
import { Strips } from "./panels/strips.js";
import { Timeline } from "./panels/timeline.js";
import { renderTrust } from "./panels/trust.js";
import { renderVerdict } from "./panels/verdict.js";
import { Winner } from "./panels/winner.js";
import { commands } from "./commands.js";
import { Inspections } from "./inspections.js";
import { listen, sheet } from "./keys.js";
import { csv, neighbour, resorted } from "./selection.js";
import { choices } from "../domain/space.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./view.js").View} View */
/**
 * What the page gives its panels.
 * @typedef {{
 *   summary: () => import("../wire/events.js").Summary, state: () => import("../wire/state.js").State, view: () => View,
 *   frame: () => Frame | null, position: () => {shown: number, total: number},
 *   show: (change: Partial<View>) => void, select: (id: number) => void,
 *   again: () => void, told: () => void, settle: () => void, family: () => void,
 *   retrained: () => import("./panels/trust.js").Retrained | undefined
 * }} Page what holds now, drawn or not: `frame` is null and `position` of 0 while the past is on its way. `again` draws
 *   what a person asked for, `told` what the server said, both with the next frame of the screen; `settle` draws at once; `family` asks anew for the searches on this supernet
 */

export class Search {
  /** @param {Page} page @param {import("./hover.js").Hover} hover @param {import("../charts/pareto_traces.js").Published[]} published @param {import("../domain/blocks.js").Elements} elements */
  constructor(page, hover, published, elements) {
    this.page = page;
    this.hover = hover;
    this.published = published;
    const { show, select, summary } = page;
    const { config } = summary();
    const { layers } = config.network.macro;
    this.config = config;
    this.genes = choices(config);
    this.inspections = new Inspections(summary().id, page.told);
    const hovered = (/** @type {number | null} */ id) => hover.set(id);
    const sort = (/** @type {import("./view.js").SortKey} */ key) => show(resorted(page.view(), key));
    const ask = (/** @type {string} */ architecture) => void this.inspections.ask(architecture);

    this.timeline = new Timeline({
      go: (generation) => show({ generation }), setSpeed: (speed) => show({ speed }),
      position: page.position, live: () => page.view().generation === null, speed: () => page.view().speed,
    });
    this.plot = new ParetoPlot(byId("plot-frame"), byId("plot"), byId("plot-empty"), byId("plot-words"), { select, hover: hovered, along: (step) => this.along(step) });
    this.lambda = new LambdaPanel(layers, config.search.fitness_lambda, { show, select, view: page.view });
    this.searchAgain = new SearchAgain(summary(), page.family);
    this.strips = new Strips(byId("strips"), byId("strips-words"), layers, select);
    this.population = new Population(byId("population"), byId("population-words"), layers, config.search.population, { select, sort });
    this.alleles = new Alleles(byId("alleles"), this.genes);
    this.map = new SpaceMap(byId("map"), this.genes, { hover: hovered, choose: (architecture) => this.chooseCell(architecture), selected: () => this.selected() });
    this.lineage = new LineageView(byId("lineage-picture"), byId("lineage-words"), byId("lineage-title"), select);
    this.inspector = new Inspector(byId("inspector"), summary(), elements, { select, show, view: page.view, ask, again: page.again });
    this.winner = new Winner(byId("winner"));
    this.panels = this.list();
    this.wire();
  }

  wire() {
    const { page, hover } = this;
    wireAxes(page.show);
    wireFilters(page.show, () => this.csv());
    hover.follow(byId("content"));
    hover.listen((id) => this.plot.mark("hovered", id === null ? null : (page.state().candidates[id] ?? null)));
    hover.listen((id) => this.map.hover(id));
    const found = commands(page, this);
    sheet(found);
    listen(found);
  }

  /** @returns {import("./panels.js").Panel[]} */
  list() {
    const { state, summary, view, told } = this.page;
    const free = () => false;
    return [
      { element: byId("verdict"), draw: () => renderVerdict(byId("verdict"), state(), summary()) },
      { element: byId("plot-panel"), draw: (frame) => this.drawPlot(frame), held: () => this.plot.hovering },
      { element: byId("lambda-panel"), draw: (frame, person) => (spoken("lambda-words", person), this.drawLambda(frame)) },
      { element: byId("quality-panel"), draw: (frame) => renderQuality(byId("quality"), state(), frame), held: free },
      { element: byId("strips-panel"), draw: (frame) => this.strips.render(frame, view().selected) },
      { element: byId("population-panel"), draw: (frame, person) => this.drawPopulation(frame, person) },
      { element: byId("alleles-panel"), draw: (frame) => this.alleles.render(state(), frame), held: free },
      { element: byId("map-panel"), draw: (frame) => this.drawMap(frame), held: free },
      { element: byId("effects-panel"), draw: (frame) => renderEffects(byId("effects"), frame, this.genes) },
      { element: byId("lineage-panel"), draw: (frame) => this.lineage.render(state().candidates, this.focus(frame)) },
      { element: byId("inspector"), draw: (frame) => this.inspector.render(this.subject(frame), state(), view().perNeuron), held: () => this.inspector.held },
      { element: byId("winner"), draw: () => this.winner.render(state(), summary()), held: () => byId("winner").querySelector("details[open]") !== null },
      { element: byId("supernet-panel"), draw: () => renderCurves(byId("supernet"), state().supernet, { first: "supernet" }) },
      { element: byId("balance-panel"), draw: () => void renderBalance(byId("balance"), summary().id, state().averageSpikes === null ? `${state().supernet.length > 0}` : "trained", told) },
      { element: byId("trust-panel"), draw: () => renderTrust(byId("trust"), state(), summary(), this.page.retrained()) },
      { element: byId("retrain-panel"), draw: () => renderCurves(byId("retrain"), state().retrain, { first: "training", second: "test, retrained" }) },
    ];
  }

  /** @param {Frame} frame */
  drawLambda(frame) {
    const { state, summary, view } = this.page;
    this.lambda.render(frame, view());
    this.searchAgain.render(summary().may_edit && state().averageSpikes !== null, frame.rule.lambda);
  }

  /** Before the panels: the timeline, which no person holds. */
  before() {
    const { state, summary } = this.page;
    this.timeline.render(state(), summary().state === "running");
  }

  /** @param {number} have @param {number} all */
  loading(have, all) {
    this.plot.blank(`Loading the study: ${exact(have)} of ${exact(all)} events.`);
  }

  repaint() {
    for (const part of [this.plot, this.alleles, this.map, this.inspector, this.timeline, this.winner]) part.repaint();
  }

  /** @param {Frame} frame */
  drawPlot(frame) {
    const { state, view } = this.page;
    renderAxes(view(), this.published.length > 0);
    const some = frame.candidates.length > 0 || frame.estimating;
    this.plot.blank(some ? "" : emptyWords(this.page));
    const beside = { trained: frame.live ? trained(state()) : [], published: this.published, requested: this.inspections.done() };
    this.plot.render(frame, view(), beside, `${beside.trained.length}/${this.inspections.version}`);
    const chosen = view().selected;
    this.plot.mark("selected", chosen === null ? null : (state().candidates[chosen] ?? null));
    this.plot.mark("best", frame.best);
  }

  /** @param {Frame} frame @param {boolean} person */
  drawPopulation(frame, person) {
    renderFilters(this.page.view());
    spoken("population-words", person);
    this.population.render(frame, this.page.view(), person);
  }

  /** @param {Frame} frame */
  drawMap(frame) {
    void this.inspections.list();
    this.map.render(frame, this.page.state().candidates, this.page.view(), this.inspections);
  }

  /** The architecture that is selected, or asked for. */
  selected() {
    const { asked, selected } = this.page.view();
    return asked ?? (selected === null ? null : (this.page.state().candidates[selected]?.architecture ?? null));
  }

  /** Select the next member of the front; with none selected, its nearer end. Whether there is a front. @param {number} step */
  along(step) {
    const front = this.page.frame()?.front ?? [];
    const { selected } = this.page.view();
    const next = step < 0 && !front.some((c) => c.id === selected) ? front.at(-1) : neighbour(front, selected, step);
    if (next && next.id !== selected) this.page.show({ selected: next.id, asked: null });
    return front.length > 0;
  }

  /** An evaluated cell is selected; any other is evaluated on the supernet. @param {string} architecture */
  chooseCell(architecture) {
    const candidate = this.page.frame()?.candidates.filter((c) => c.architecture === architecture).at(-1);
    if (candidate) return this.page.show({ selected: candidate.id, asked: null });
    this.page.show({ selected: null, asked: architecture });
    if (this.page.state().averageSpikes !== null) void this.inspections.ask(architecture);
  }

  /** What the inspector shows: what was asked for, what is selected, or the best of the generation. @param {Frame} frame @returns {import("./panels/inspector.js").Subject | null} */
  subject(frame) {
    const { asked, selected } = this.page.view();
    const { candidates, provisional, averageSpikes } = this.page.state();
    const searched = asked === null ? undefined : candidates.find((c) => c.architecture === asked);
    if (asked !== null && !searched) return { architecture: asked, inspection: this.inspections.all.get(asked) ?? null, ready: averageSpikes !== null };
    const chosen = searched ?? (selected === null ? undefined : (candidates[selected] ?? provisional.find((c) => c.id === selected)));
    if (chosen) return { candidate: chosen, stored: chosen.id < candidates.length, chosen: true };
    if (!frame.current.length) return null;
    const best = frame.current.reduce((a, b) => (frame.fitness(b) > frame.fitness(a) ? b : a));
    return { candidate: best, stored: best.id < candidates.length, chosen: false };
  }

  /** Whose lineage is drawn. @param {Frame} frame */
  focus(frame) {
    const { selected } = this.page.view();
    return (selected === null ? undefined : this.page.state().candidates[selected]) ?? frame.best;
  }

  /** The table that the view asks for, with what it was measured on. */
  csv() {
    const { name, config_digest: digest } = this.page.summary();
    const [frame, view] = [this.page.frame(), this.page.view()];
    if (!frame) return null;
    const about = `${name}; config ${digest}; seed ${this.config.seed}; validation split, supernet weights; generation ${frame.shown + 1}; fitness at λ = ${frame.rule.lambda}`;
    return { name: `${name.replace(/[^\p{L}\p{N}_-]+/gu, "-")}.csv`, text: csv(this.population.rows(frame, view), frame.fitness, about) };
  }
}

/** Screen readers hear what a person's own change led to; news comes by the announcer, which does not hurry. @param {string} id @param {boolean} person */
function spoken(id, person) {
  byId(id).setAttribute("aria-live", person ? "polite" : "off");
}

/** What was trained from scratch beside the search: winner and baselines by name, further seeds and samples without. @param {import("../wire/state.js").State} state */
export function trained({ finished, trainings }) {
  const numbers = (/** @type {{test_accuracy: number, test_spikes: number, firing_rate: number, parameters: number}} */ t) => ({ accuracy: t.test_accuracy, spikes: t.test_spikes, firing_rate: t.firing_rate, parameters: t.parameters });
  const winner = finished ? [{ name: "winner", ...numbers(finished) }] : [];
  return [...winner, ...trainings.map((t) => ({ name: t.arm === t.architecture ? t.arm : "", ...numbers(t) }))];
}

/** What stands where the plot will be. @param {Page} page */
function emptyWords(page) {
  const { state: job } = page.summary();
  if (job === "failed") return "The study failed before its first generation. Retry continues from the last checkpoint; Clone starts a new study with changes.";
  if (job === "cancelled") return "Cancelled before the first generation. Clone starts it again.";
  if (job === "paused") return "Paused before the first generation. Resume continues exactly where it stopped.";
  if (page.state().phase === "search") return "The first generation is being evaluated on the validation split.";
  if (job === "queued") return "The study waits for a worker; the first points appear after supernet training.";
  return "The first points appear when the supernet is trained. Its curves are in Training.";
}
