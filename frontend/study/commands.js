// What the keys of the study page do.

import { byId } from "../lib/dom.js";
import { ranking } from "../domain/ranking.js";
import { neighbour } from "./selection.js";
import { TABS } from "./view.js";

/**
 * @param {import("./search.js").Page} page
 * @param {import("./search.js").Search} search
 * @returns {import("./keys.js").Command[]}
 */
export function commands(page, search) {
  const { timeline, population, hover } = search;
  const { show, select, view } = page;

  /** The next candidate of the table in sight, or of this generation's strips. @param {number} by */
  function walk(by) {
    const frame = page.frame();
    if (!frame) return;
    const table = view().tab === "population";
    const found = table ? population.beside(frame, view(), by) : neighbour(ranking(frame.current, frame.rule), view().selected, by);
    if (!found || found.id === view().selected) return;
    show({ selected: found.id, asked: null });
    if (table) requestAnimationFrame(() => population.table.reveal(found.id));
  }

  /** What is typed next belongs to the field, so that it is there at once. */
  function filter() {
    show({ tab: "population" });
    page.settle();
    byId("f-pattern").focus();
  }

  return [
    { keys: ["?"], does: "show or hide this list", run: () => byId("keys").togglePopover() },
    { keys: ["["], does: "one generation back", run: () => timeline.step(-1) },
    { keys: ["]"], does: "one generation forward", run: () => timeline.step(1) },
    { keys: [" "], does: "play or pause the generations", run: () => timeline.toggle() },
    { keys: ["l"], does: "to the newest generation", run: () => timeline.live() },
    { keys: ["j"], does: "select the next candidate", run: () => walk(1) },
    { keys: ["k"], does: "select the previous candidate", run: () => walk(-1) },
    { keys: ["x"], does: "select the hovered or focused candidate", run: () => hover.id !== null && select(hover.id) },
    { keys: ["/"], does: "filter the population", run: filter },
    { keys: ["Escape"], does: "clear the selection", run: () => show({ selected: null, asked: null }) },
    ...TABS.map((tab, i) => ({ keys: [String(i + 1)], does: (document.querySelector(`#tabs [data-tab=${tab}]`)?.textContent ?? tab).trim(), run: () => show({ tab }) })),
  ];
}
