// The panels of a study that searches: what each draws from a frame, and what a person can do in it.

import { byId, setText } from "../dom.js";
import { exact } from "../format.js";
import { Alleles } from "../views/alleles.js";
import { renderAxes, wireAxes } from "../views/axes.js";
import { renderBalance } from "../views/balance.js";
import { renderCurves } from "../views/curves.js";
import { renderEffects } from "../views/effects.js";
import { renderFilters, wireFilters } from "../views/filters.js";
import { Inspector } from "../views/inspector.js";
import { LambdaPanel } from "../views/lambda.js";
import { LineageView } from "../views/lineage.js";
import { SpaceMap } from "../views/map.js";
import { ParetoPlot } from "../views/plot.js";
import { Population } from "../views/population.js";
import { renderQuality } from "../views/quality.js";
import { Strips } from "../views/strips.js";
import { Timeline } from "../views/timeline.js";
import { renderTrust } from "../views/trust.js";
import { renderVerdict } from "../views/verdict.js";
import { renderWinner } from "../views/winner.js";
import { bestUnder, knee } from "./choosing.js";
import { commands } from "./commands.js";
import { Inspections } from "./inspections.js";
import { listen, sheet } from "./keys.js";
import { csv, resorted } from "./selection.js";
import { choices } from "./space.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./view.js").View} View */
/**
 * What the page gives its panels.
 * @typedef {{
 *   summary: () => import("../events.js").Summary, state: () => import("../state.js").State, view: () => View,
 *   show: (change: Partial<View>) => void, select: (id: number) => void, again: () => void
 * }} Page
 */

/** @param {Page} page @param {import("./hover.js").Hover} hover @param {import("../views/traces.js").Published[]} published */
export function searchPanels(page, hover, published) {
  const { show, select, view, state, summary } = page;
  const config = summary().config;
  const { layers } = config.network.macro;
  const genes = choices(config);
  const inspections = new Inspections(summary().id, page.again);
  const hovered = (/** @type {number | null} */ id) => hover.set(id);

  const timeline = new Timeline({ go: (generation) => show({ generation }), speed: (speed) => show({ speed }) });
  const plot = new ParetoPlot(byId("plot-frame"), byId("plot"), byId("plot-words"), { select, hover: hovered });
  const lambda = new LambdaPanel(layers, config.search.fitness_lambda, { show, select });
  const strips = new Strips(byId("strips"), byId("strips-words"), layers, select);
  const population = new Population(byId("population"), byId("population-words"), layers, config.search.population, { select, sort: (key) => show(resorted(view(), key)) });
  const alleles = new Alleles(byId("alleles"), genes);
  const map = new SpaceMap(byId("map"), genes, { hover: hovered, choose: chooseCell });
  const lineage = new LineageView(byId("lineage-picture"), byId("lineage-words"), byId("lineage-title"), select);
  const inspector = new Inspector(byId("inspector"), summary(), { select, show, ask, again: page.again });
  wireAxes(show);
  wireFilters(show, () => ({ name: `${summary().name.replace(/[^\w-]+/g, "-")}.csv`, text: csv(population.shown, current.fitness, about(current)) }));
  hover.follow(byId("content"));
  hover.listen((id) => plot.mark("hovered", id === null ? null : (state().candidates[id] ?? null)));
  hover.listen((id) => map.hover(id));

  /** @type {Frame} the last one drawn */
  let current;

  /** @param {string} architecture */
  function ask(architecture) {
    void inspections.ask(architecture);
  }

  /** A judged cell is selected; any other is evaluated on the supernet. @param {string} architecture @param {import("../events.js").Candidate | undefined} candidate */
  function chooseCell(architecture, candidate) {
    if (candidate) return show({ selected: candidate.id, asked: null });
    show({ selected: null, asked: architecture });
    if (state().averageSpikes !== null) ask(architecture);
  }

  /** @param {Frame} frame */
  function about(frame) {
    const { name, config_digest: digest } = summary();
    return `${name}; config ${digest}; seed ${config.seed}; validation split, supernet weights; generation ${frame.shown + 1}; fitness at λ = ${frame.rule.lambda}`;
  }

  /** @param {Frame} frame */
  function drawPlot(frame) {
    renderAxes(view(), published.length > 0);
    setText(byId("plot-empty"), frame.candidates.length ? "" : emptyWords(page));
    byId("plot-empty").hidden = frame.candidates.length > 0;
    const beside = { trained: frame.live ? trained(state()) : [], published, requested: inspections.done(), knee: knee(frame.front), under: bestUnder(frame.front, view().budget ?? -1) };
    plot.render(frame, view(), beside, `${beside.trained.length}/${inspections.version}`);
    const chosen = view().selected;
    plot.mark("selected", chosen === null ? null : (state().candidates[chosen] ?? null));
    plot.mark("best", frame.best);
  }

  /** @param {Frame} frame @returns {import("../views/inspector.js").Subject | null} */
  function subject(frame) {
    const { asked, selected } = view();
    const { candidates, provisional, averageSpikes } = state();
    const searched = asked === null ? undefined : candidates.find((c) => c.architecture === asked);
    if (asked !== null && !searched) return { architecture: asked, inspection: inspections.all.get(asked) ?? null, ready: averageSpikes !== null };
    const chosen = searched ?? (selected === null ? undefined : (candidates[selected] ?? provisional.find((c) => c.id === selected)));
    if (chosen) return { candidate: chosen, stored: chosen.id < candidates.length, chosen: true };
    if (!frame.current.length) return null;
    const best = frame.current.reduce((a, b) => (frame.fitness(b) > frame.fitness(a) ? b : a));
    return { candidate: best, stored: best.id < candidates.length, chosen: false };
  }

  /** @param {Frame} frame */
  function focus(frame) {
    const { selected } = view();
    return (selected === null ? undefined : state().candidates[selected]) ?? frame.best;
  }

  const free = () => false;
  /** @type {import("./panels.js").Panel[]} */
  const panels = [
    { element: byId("verdict"), draw: () => renderVerdict(byId("verdict"), state(), summary()) },
    { element: byId("plot-panel"), draw: drawPlot, held: () => plot.hovering },
    { element: byId("lambda-panel"), draw: (frame) => lambda.render(frame, view()) },
    { element: byId("quality-panel"), draw: (frame) => renderQuality(byId("quality"), state(), frame), held: free },
    { element: byId("strips-panel"), draw: (frame) => strips.render(frame, view().selected) },
    { element: byId("population-panel"), draw: (frame, person) => (renderFilters(view()), population.render(frame, view(), person)) },
    { element: byId("alleles-panel"), draw: (frame) => alleles.render(state(), frame), held: free },
    { element: byId("map-panel"), draw: (frame) => (void inspections.list(), map.render(frame, state().candidates, view(), inspections)), held: free },
    { element: byId("effects-panel"), draw: (frame) => frame.candidates.length && renderEffects(byId("effects"), frame, genes) },
    { element: byId("lineage-panel"), draw: (frame) => lineage.render(state().candidates, focus(frame)) },
    { element: byId("inspector"), draw: (frame) => inspector.render(subject(frame), state(), view().perNeuron), held: () => inspector.held },
    { element: byId("winner"), draw: () => renderWinner(byId("winner"), state(), summary()), held: () => byId("winner").querySelector("details[open]") !== null },
    { element: byId("supernet-panel"), draw: () => renderCurves(byId("supernet"), state().supernet, { first: "supernet" }) },
    { element: byId("balance-panel"), draw: () => void renderBalance(byId("balance"), summary().id, state().averageSpikes === null ? `${state().supernet.length > 0}` : "trained") },
    { element: byId("trust-panel"), draw: () => renderTrust(byId("trust"), state(), summary()) },
    { element: byId("retrain-panel"), draw: () => renderCurves(byId("retrain"), state().retrain, { first: "training", second: "test, retrained" }) },
  ];

  return {
    panels,
    /** Before the panels: the timeline, which no person holds. @param {Frame} frame */
    before(frame) {
      current = frame;
      timeline.render(state(), frame.live ? null : frame.shown, view().speed, summary().state === "running");
    },
    /** @param {number} have @param {number} all */
    loading(have, all) {
      byId("plot-empty").hidden = false;
      setText(byId("plot-empty"), `Loading the study: ${exact(have)} of ${exact(all)} events are here.`);
    },
    repaint() {
      for (const part of [plot, alleles, map, inspector, timeline]) part.repaint();
    },
    listen() {
      const found = commands(page, { timeline, population, hover, frame: () => current });
      sheet(found);
      listen(found);
    },
  };
}

/** What was trained from scratch beside the search: winner and baselines by name, further seeds and samples without. @param {import("../state.js").State} state */
export function trained({ finished, trainings }) {
  const numbers = (/** @type {{test_accuracy: number, test_spikes: number, firing_rate: number, parameters: number}} */ t) => ({ accuracy: t.test_accuracy, spikes: t.test_spikes, firing_rate: t.firing_rate, parameters: t.parameters });
  const winner = finished ? [{ name: "winner", ...numbers(finished) }] : [];
  return [...winner, ...trainings.map((t) => ({ name: t.arm === t.architecture ? t.arm : "", ...numbers(t) }))];
}

/** What stands where the plot will be. @param {Page} page */
function emptyWords(page) {
  const { state: job } = page.summary();
  if (job === "failed") return "The study failed before its first generation. Retry goes on from the last checkpoint; Clone starts afresh with changes.";
  if (job === "cancelled") return "Cancelled before the first generation. Clone starts it afresh.";
  if (job === "paused") return "Paused before the first generation. Resume goes on exactly where it stopped.";
  if (page.state().phase === "search") return "The first generation is being judged on the validation split.";
  if (job === "queued") return "The study waits for a worker; the first points appear after supernet training.";
  return "The first points appear when the supernet is trained. Its curves are in Training.";
}
