// The result: the retrained winner, its numbers on the test split, and its package.

import { differs, h } from "../../lib/dom.js";
import { bytes, exact, percent, short } from "../../lib/format.js";
import { strip } from "../../domain/genome.js";
import { Energy } from "./energy.js";
import { Exports } from "./exports.js";
import { decodeMap, renderHeatmap } from "../../charts/heatmap.js";

export class Winner {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    /** @type {Heat | null} */
    this.heat = null;
  }

  /** The colours have changed: draw again at the next render. */
  repaint() {
    this.heat?.repaint();
  }

  /** @param {import("../../wire/state.js").State} state @param {import("../../wire/events.js").Summary} summary */
  render(state, summary) {
    const found = state.finished;
    this.place.toggleAttribute("data-empty", !found);
    if (!found) return;
    if (!differs(this.place, `${found.sha256}/${summary.downloads?.bytes}`)) return this.heat?.draw();
    const searched = state.candidates[found.candidate];
    const layers = summary.config.network.macro.layers;
    const numbers = [
      ["accuracy", percent(found.test_accuracy), "test, retrained", `${found.test_accuracy}`],
      ["spikes per image", short(found.test_spikes), "test, retrained", exact(found.test_spikes)],
      ["firing rate", found.firing_rate.toFixed(3), "spikes ÷ (neurons · T)", `${found.firing_rate}`],
      ["parameters", short(found.parameters), "", exact(found.parameters)],
    ];
    this.heat = new Heat(found, state.started?.layers ?? [], summary.time_steps, summary.spike_note);
    this.place.replaceChildren(
      h("div", { class: "winner-head" }, h("h2", {}, "The winner"), strip(document, found.architecture, layers), h("code", {}, found.architecture)),
      h("dl", { class: "numbers" }, ...numbers.map(([name, value, tag, title]) => h("div", {}, h("dt", {}, name), h("dd", { title }, value), ...(tag ? [h("dd", { class: "basis" }, h("span", { class: "tag" }, tag))] : [])))),
      h(
        "p",
        { class: "small muted" },
        `The search evaluated it at ${percent(searched?.accuracy)} and ${short(searched?.spikes)} spikes (validation, supernet). ` +
          `Last epoch's numbers; the best epoch on the test split had ${percent(found.best_test_accuracy)}, which selects on the test split.`,
      ),
      this.heat.details,
      new Energy(summary.id).of(null),
      h("p", { class: "small" }, h("a", { href: `/studies/${summary.id}/archs/${found.architecture}` }, "Open this architecture")),
      ...(summary.downloads
        ? [
            h("p", {}, h("a", { class: "button primary", href: summary.downloads.zip, download: true, id: "download" }, `Download the network (zip, ${bytes(summary.downloads.bytes)})`)),
            ...kept(summary),
            h("pre", { class: "small" }, `.venv/bin/python -m engine evaluate ${summary.downloads.name}\n.venv/bin/python -m engine evaluate ${summary.downloads.name} --samples PATH`),
            h("p", { class: "small muted" }, "The first gives these numbers again, the second those of other samples and how many it was trained on. ", h("a", { href: "/docs/evaluation" }, "Evaluating a trained network")),
            new Exports(summary.id).element,
          ]
        : [h("p", { class: "small muted" }, "The package appears here in some seconds.")]),
    );
  }
}

/** @param {import("../../wire/events.js").Summary} summary what lies in the package beside the network, and whose it is */
export function kept(summary) {
  const { code, samples } = summary.downloads ?? {};
  const own = ["images", "events"].includes(summary.config.data.dataset);
  const told = [
    ...(samples ? [`The zip holds up to 32 test samples${own ? " of your own data set: pass it on only where you may pass these on" : ""}.`] : []),
    ...(code ? ["Unpacked, the network runs without this software, with torch and safetensors alone:"] : []),
  ];
  return [
    ...(told.length ? [h("p", { class: "small muted", id: "in-the-package" }, told.join(" "))] : []),
    ...(code ? [h("pre", { class: "small" }, "python model.py IMAGES\npython model.py --check")] : []),
  ];
}

/** Where the retrained network spikes; drawn while it is open, at the width it then has. */
class Heat {
  /** @param {import("../../wire/events.js").StudyFinished} found @param {import("../../wire/events.js").LayerInfo[]} layers @param {number} steps @param {string} [note] */
  constructor(found, layers, steps, note) {
    this.found = found;
    this.layers = layers;
    this.steps = steps;
    this.note = note;
    this.width = 0; // that it was drawn at
    this.picture = h("div", { class: "heatmap" });
    const summary = h("summary", {}, "Spikes by layer and time step ", h("span", { class: "tag" }, "test, retrained"));
    this.details = /** @type {HTMLDetailsElement} */ (h("details", {}, summary, this.picture));
    this.details.addEventListener("toggle", () => this.draw());
  }

  repaint() {
    this.width = 0;
  }

  draw() {
    const width = this.picture.clientWidth;
    if (!this.details.open || width === this.width) return;
    this.width = width;
    renderHeatmap(this.picture, decodeMap(this.found.spike_map, this.steps), this.layers, null, undefined, this.note);
  }
}
