// Panels and what a person holds in them: while a row is hovered or focused, news waits, and a chip says so.

import { h } from "../lib/dom.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {{element: HTMLElement, draw: (frame: Frame, person: boolean) => void, held?: () => boolean}} Panel */

export class Panels {
  /** @param {Panel[]} list @param {(person: boolean) => void} again asks for a drawing */
  constructor(list, again) {
    this.list = list;
    this.tab = "";
    /** Panels for which news waits. @type {Set<Panel>} */
    this.waiting = new Set();
    this.chips = new Map(list.map((panel) => [panel, h("button", { type: "button", class: "news", hidden: true }, "New data: show")]));
    for (const [panel, chip] of this.chips) {
      const free = () => this.waiting.has(panel) && again(false);
      for (const kind of ["pointerout", "focusout"]) panel.element.addEventListener(kind, () => queueMicrotask(free));
      chip.addEventListener("click", () => again(true));
      panel.element.append(chip);
    }
    /** @type {NodeListOf<HTMLElement>} */
    this.sections = document.querySelectorAll("[data-tabs]");
  }

  /** Show what belongs to a tab and hide the rest. @param {string} tab */
  turn(tab) {
    if (tab === this.tab) return;
    this.tab = tab;
    for (const section of this.sections) section.hidden = !belongs(section, tab);
  }

  /** Draw those in sight. What a person asked for is drawn at once; news only where nothing is held. @param {Frame} frame @param {boolean} person @param {boolean} news */
  draw(frame, person, news) {
    for (const panel of this.list) {
      if (!belongs(panel.element, this.tab)) continue;
      const wait = !person && (panel.held ?? (() => holdsRow(panel.element)))();
      if (!wait) attempt(() => panel.draw(frame, person));
      if (!wait) this.waiting.delete(panel);
      else if (news) this.waiting.add(panel);
      const chip = this.chips.get(panel);
      if (chip) chip.hidden = !this.waiting.has(panel);
    }
  }
}

/** Whether a section is in sight under a tab, as the template says. @param {HTMLElement} section @param {string} tab */
function belongs(section, tab) {
  return (section.dataset.tabs ?? "").split(" ").includes(tab);
}

/** One panel's failure is told to the console and leaves the others as they are. @param {() => void} draw */
function attempt(draw) {
  try {
    draw();
  } catch (error) {
    reportError(error);
  }
}

/** Whether the pointer or the focus is on something that stands for a candidate. @param {HTMLElement} element */
export function holdsRow(element) {
  const focused = document.activeElement?.closest("[data-id]");
  return element.querySelector("[data-id]:hover") !== null || (focused !== null && focused !== undefined && element.contains(focused));
}
