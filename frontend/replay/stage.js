// One scene on a page: the plot, the genome in large letters, two numbers with their source, one sentence.

import { exact, percent, short } from "../lib/format.js";
import { differs, setText } from "../lib/dom.js";
import { strip } from "../domain/genome.js";
import { GrowingPlot } from "./plot.js";
import { tell } from "./scenes.js";

/** @typedef {{layers: import("../domain/genome.js").Layer[], sample: string}} About */

export class Stage {
  /** @param {HTMLElement} place that holds the stage's parts @param {About} about */
  constructor(place, about) {
    this.place = place;
    this.about = about;
    setText(this.part("unit"), `spikes per ${about.sample}`);
    this.plot = new GrowingPlot(this.part("plot"), about.sample);
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    const found = this.place.querySelector(`[data-${name}]`);
    if (!(found instanceof HTMLElement)) throw new Error(`the stage has no part ${name}`);
    return found;
  }

  /**
   * @param {import("../wire/state.js").State} state
   * @param {import("./scenes.js").Scene} scene
   * @param {boolean} quiet while it plays, a screen reader is not told every scene
   */
  render(state, scene, quiet) {
    this.plot.render(state, scene);
    const told = tell(state, scene, this.about.sample);
    setText(this.part("count"), told.count);
    const words = this.part("words");
    words.setAttribute("aria-live", quiet ? "off" : "polite");
    setText(words, told.words);
    setText(this.part("accuracy"), percent(told.accuracy));
    const spikes = this.part("spikes");
    setText(spikes, short(told.spikes));
    spikes.title = told.spikes === null ? "" : `${exact(told.spikes)} spikes per ${this.about.sample}`;
    const tag = this.part("tag");
    tag.hidden = !told.tag;
    setText(tag, told.tag);
    const genome = this.part("strip");
    if (!differs(genome, `${told.architecture}/${told.changed}`)) return;
    genome.replaceChildren(...(told.architecture ? [strip(document, told.architecture, this.about.layers, told.changed)] : []));
  }
}
