// The selected network beside the stage: its genome, numbers, origin, spikes and energy; or one that waits to be evaluated.

import { h } from "../../lib/dom.js";
import { exact, percent, short } from "../../lib/format.js";
import { elementsOf } from "../../domain/blocks.js";
import { strip } from "../../domain/genome.js";
import { got } from "../../lib/http.js";
import { Energy } from "./energy.js";
import { renderHeatmap } from "../../charts/heatmap.js";
import { retrainForm } from "./retrain.js";
import { describeOrigin } from "./population.js";

/** @typedef {import("../../wire/events.js").Candidate} Candidate */
/** @typedef {import("../inspections.js").Inspection} Inspection */
/**
 * A candidate of the search, the best so far where none is selected; or an architecture that the search has not evaluated.
 * @typedef {{candidate: Candidate, stored: boolean, chosen: boolean} | {architecture: string, inspection: Inspection | null, ready: boolean}} Subject
 */

export class Inspector {
  /**
   * @param {HTMLElement} place
   * @param {import("../../wire/events.js").Summary} summary
   * @param {import("../../domain/blocks.js").Elements} elements
   * @param {{select: (id: number) => void, show: (change: Partial<import("../view.js").View>) => void, view: () => import("../view.js").View, ask: (architecture: string) => void, again: () => void}} act
   */
  constructor(place, summary, elements, act) {
    this.place = place;
    this.summary = summary;
    this.elements = elements;
    this.act = act;
    this.drawn = "";
    this.answering = false; // whether it shows what a person asked the server
    /** @type {Map<number, import("../../charts/heatmap.js").SpikeMap>} */
    this.maps = new Map();
    /** The spike map and the energy of one network after another: what a person opens in them stays open. */
    this.picture = h("div", { class: "heatmap" });
    this.energy = new Energy(summary.id);
    place.addEventListener("click", (event) => {
      const parent = /** @type {HTMLElement} */ (event.target).dataset.parent;
      if (parent !== undefined) act.select(Number(parent));
    });
  }

  repaint() {
    this.drawn = "";
  }

  /** Whether a person is in it: then news without a choice of theirs may not replace it, and an answer to them may. */
  get held() {
    return !this.answering && this.#entered();
  }

  #entered() {
    return this.place.matches(":hover") || this.place.contains(document.activeElement) || this.place.querySelector("details[open]") !== null;
  }

  get layers() {
    return this.summary.config.network.macro.layers;
  }

  /** @param {Subject | null} subject @param {import("../../wire/state.js").State} state @param {boolean} perNeuron */
  render(subject, state, perNeuron) {
    const key = subject === null ? "none" : "candidate" in subject ? [subject.candidate.id, subject.stored || subject.candidate.accuracy, subject.chosen, perNeuron, this.place.clientWidth].join("/") : [subject.architecture, subject.ready, subject.inspection?.state, subject.inspection?.reason].join("/");
    if (key === this.drawn) return;
    const same = this.drawn.split("/")[0] === key.split("/")[0];
    this.drawn = key;
    this.answering = subject !== null && !("candidate" in subject);
    const focus = focusIn(this.place);
    if (subject === null) this.place.replaceChildren(h("h2", {}, "Inspector"), h("p", { class: "muted" }, "The best network appears here after the first generation. Choose any other network to inspect it."));
    else if ("candidate" in subject) this.candidate(subject, state, perNeuron, key);
    else this.asked(subject);
    if (focus) /** @type {HTMLElement | null} */ (this.place.querySelector(focus))?.focus({ preventScroll: true });
    if (!same) this.place.scrollTop = 0;
  }

  /** @param {{candidate: Candidate, stored: boolean, chosen: boolean}} subject @param {import("../../wire/state.js").State} state @param {boolean} perNeuron @param {string} key */
  candidate({ candidate: c, stored, chosen }, state, perNeuron, key) {
    const toggle = h("button", { type: "button", "aria-pressed": String(perNeuron), id: "scale" }, "Firing rate");
    toggle.addEventListener("click", () => this.act.show({ perNeuron: !this.act.view().perNeuron }));
    const lineage = h("button", { type: "button", class: "link", id: "to-lineage" }, "Lineage");
    lineage.addEventListener("click", () => this.act.show({ tab: "lineage", selected: c.id, asked: null }));
    this.picture.style.minHeight = `${this.picture.offsetHeight}px`; // nothing below may jump
    this.picture.replaceChildren();
    this.place.replaceChildren(
      h("div", { class: "inspector-head" }, h("h2", {}, chosen ? `Candidate ${c.id}` : `Best of generation ${c.generation + 1}`), ...(chosen ? [this.closing()] : [])),
      h("p", {}, strip(document, c.architecture, this.layers, c.changed), " ", h("code", {}, c.architecture)),
      figures([["accuracy", percent(c.accuracy), `${c.accuracy}`], ["spikes per image", short(c.spikes), exact(c.spikes)], ["fitness", c.fitness.toFixed(4), `${c.fitness}`], ["firing rate", c.firing_rate.toFixed(3), `${c.firing_rate}`], ["parameters", short(c.parameters), exact(c.parameters)]]),
      h("p", { class: "small" }, h("span", { class: "tag" }, "validation, supernet"), ` generation ${c.generation + 1}, `, ...describeOrigin(c)),
      h("p", { class: "small links" }, this.page(c.architecture), lineage),
      h("div", { class: "inspector-head" }, h("h3", {}, "Spikes by layer and step"), toggle),
      this.picture,
      ...(stored ? [this.energy.of(c.id)] : []),
      ...this.retraining(c.architecture),
    );
    void this.heat(c, stored, state, perNeuron, key);
  }

  /** @param {Candidate} c @param {boolean} stored @param {import("../../wire/state.js").State} state @param {boolean} perNeuron @param {string} key */
  async heat(c, stored, state, perNeuron, key) {
    const { picture } = this;
    const map = stored ? await this.spikeMap(c) : null;
    if (this.drawn !== key || !state.started) return;
    if (map) {
      renderHeatmap(picture, map, state.started.layers, perNeuron ? elementsOf(this.elements, c.architecture) : null, undefined, this.summary.spike_note);
      picture.style.minHeight = ""; // words in its place keep the height of the map that was there
    } else if (!stored) picture.replaceChildren(h("p", { class: "muted small" }, "The spike map appears when the generation is finished."));
    else {
      const again = h("button", { type: "button", class: "link" }, "Try again");
      again.addEventListener("click", () => {
        this.drawn = "";
        this.act.again();
      });
      picture.replaceChildren(h("p", { class: "muted small" }, "The spike map could not be loaded. ", again));
    }
  }

  /** @param {Candidate} c */
  async spikeMap(c) {
    if (!this.maps.has(c.id)) {
      const map = await got(`/api/studies/${this.summary.id}/candidates/${c.id}/spike-map`, async (answer) => {
        const [values, steps] = [new Float32Array(await answer.arrayBuffer()), Number(answer.headers.get("X-Steps"))];
        if (!(steps > 0)) throw new TypeError("this is no spike map");
        return { rows: values.length / steps, steps, values };
      });
      if (map) this.maps.set(c.id, map);
    }
    return this.maps.get(c.id) ?? null;
  }

  /** An architecture off the search's path. @param {{architecture: string, inspection: Inspection | null, ready: boolean}} subject */
  asked({ architecture, inspection, ready }) {
    this.place.replaceChildren(
      h("div", { class: "inspector-head" }, h("h2", {}, inspection?.result ? "Evaluated manually" : "Not evaluated by the search"), this.closing()),
      h("p", {}, strip(document, architecture, this.layers), " ", h("code", {}, architecture)),
      ...this.stage(architecture, inspection, ready),
      h("p", { class: "small links" }, this.page(architecture)),
      ...this.retraining(architecture),
    );
  }

  /** @param {string} architecture */
  retraining(architecture) {
    return this.summary.may_edit ? [retrainForm(this.place, this.summary.id, architecture)] : [];
  }

  /** @param {string} architecture @param {Inspection | null} inspection @param {boolean} ready */
  stage(architecture, inspection, ready) {
    if (!ready) return [h("p", { class: "muted" }, "It can be evaluated after supernet training.")];
    if (inspection?.result) {
      const r = inspection.result;
      return [
        figures([["accuracy", percent(r.accuracy), `${r.accuracy}`], ["spikes per image", short(r.spikes), exact(r.spikes)], ["fitness", r.fitness.toFixed(4), `${r.fitness}`], ["firing rate", r.firing_rate.toFixed(3), `${r.firing_rate}`], ["parameters", short(r.parameters), exact(r.parameters)]]),
        h("p", { class: "small muted" }, h("span", { class: "tag" }, "validation, supernet"), " Evaluated manually: it belongs to no generation, and the search does not use it."),
      ];
    }
    if (inspection?.state === "waiting") return [h("p", { role: "status" }, "Waiting for a worker; it is evaluated on the supernet in some seconds.")];
    if (inspection?.state === "running") return [h("p", { role: "status" }, "Being evaluated on the validation split with the supernet's weights.")];
    const button = h("button", { type: "button", class: "primary", id: "evaluate" }, inspection ? "Try again" : "Evaluate on the supernet");
    button.addEventListener("click", () => this.act.ask(architecture));
    const reason = inspection ? [h("p", { class: "notice bad", role: "alert" }, `It could not be evaluated: ${inspection.reason}`)] : [h("p", { class: "muted" }, "The search has not evaluated this architecture. The supernet can, in seconds.")];
    return [...reason, h("p", {}, button)];
  }

  closing() {
    const button = h("button", { type: "button", class: "quiet", id: "unselect", title: "Back to the best (Escape)" }, "Close");
    button.addEventListener("click", () => this.act.show({ selected: null, asked: null }));
    return button;
  }

  /** @param {string} architecture */
  page(architecture) {
    return h("a", { href: `/studies/${this.summary.id}/archs/${architecture}` }, "Open this architecture");
  }
}

/** @param {string[][]} numbers name, value, exact value */
function figures(numbers) {
  return h("dl", { class: "numbers small-numbers" }, ...numbers.map(([name, value, title]) => h("div", {}, h("dt", {}, name), h("dd", { title }, value))));
}

/** A selector of what has the focus inside, so that drawing anew does not lose it. @param {HTMLElement} place */
function focusIn(place) {
  const active = document.activeElement;
  if (!active || !place.contains(active)) return null;
  if (active.id) return `#${active.id}`;
  const name = active.tagName === "SUMMARY" && active.parentElement?.className;
  return name ? `.${name} > summary` : null;
}
