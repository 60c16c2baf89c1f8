// What else may be asked of a study, behind one button: stop early, priority, fork, archive, delete.

import { byId, h, setText } from "../../lib/dom.js";
import { post } from "../../lib/http.js";
import { Once } from "../../lib/idempotent.js";

/** @typedef {import("../../wire/state.js").State} State */
/** @typedef {import("../../wire/events.js").Summary} Summary */

const AT_WORK = ["queued", "running", "paused"];
const RESTING = ["paused", "succeeded", "failed", "cancelled"];
const PRIORITIES = ["low", "normal", "high"];
const forks = new Once();

/** Whether the search can still be ended early. @param {Summary} summary */
function isSearching(summary) {
  return AT_WORK.includes(summary.state) && ["", "supernet", "search"].includes(summary.phase) && !summary.config.analysis;
}

/** How many generations a fork may keep; null where there is no trained supernet to fork. @param {Summary} summary @param {State} state */
function forkable(summary, state) {
  if (summary.config.analysis || state.averageSpikes === null) return null;
  return state.generations.length;
}

const BRED = ["evolution", "nsga2", "random_search"];

/** Whether the search can go on to more generations in this study: it is over or rests, and no winner is retrained. @param {Summary} summary @param {State} state */
function extendable(summary, state) {
  const { analysis, search } = summary.config;
  return ["paused", "succeeded"].includes(summary.state) && !analysis && BRED.includes(search.algorithm) && state.averageSpikes !== null && state.retrained === null && state.finished === null;
}

/** Everything that decides what the menu offers. @param {Summary} summary @param {State} state */
export function menuKey(summary, state) {
  return [summary.state, isSearching(summary), summary.ending, summary.priority, summary.archived, forkable(summary, state) !== null, extendable(summary, state) && summary.config.search.generations].join("/");
}

/** @param {Summary} summary @param {State} state @returns {HTMLDetailsElement} */
export function moreMenu(summary, state) {
  const items = [stopItems(summary), priorityItem(summary), extendItem(summary, state), forkItem(summary, state), putAwayItems(summary)].flat();
  const menu = /** @type {HTMLDetailsElement} */ (h("details", { class: "menu" }, h("summary", { class: "button" }, "More"), h("div", { class: "menu-items" }, ...items)));
  closes(menu);
  return menu;
}

/** While it is open: a press elsewhere closes it, as it covers what lies beneath, and so does Escape, wherever the focus is. @param {HTMLDetailsElement} menu */
function closes(menu) {
  const press = (/** @type {PointerEvent} */ event) => {
    const typed = [...menu.querySelectorAll("input")].some((field) => field.value !== field.defaultValue); // not lost to a slip
    if (!typed && !menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  };
  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    menu.open = false;
    /** @type {HTMLElement} */ (menu.firstElementChild).focus();
  };
  menu.addEventListener("toggle", () => {
    const change = menu.open ? "addEventListener" : "removeEventListener";
    document[change]("pointerdown", /** @type {EventListener} */ (press), true);
    document[change]("keydown", /** @type {EventListener} */ (escape), true);
  });
}

/**
 * Ask; the page hears of what changed by its socket.
 * @param {Summary} summary @param {string} action @param {object} body
 */
async function ask(summary, action, body = {}) {
  return granted(await post(`/api/studies/${summary.id}/${action}`, body));
}

/** The answer; null where it is a refusal, which is told at the head of the page. @param {{status: number, data: any}} answer */
function granted(answer) {
  const problem = byId("action-problem");
  const fine = answer.status < 300 && answer.status > 0;
  problem.hidden = fine;
  const problems = (answer.data.problems ?? []).map((/** @type {{field: string, message: string}} */ p) => `${p.field}: ${p.message}`);
  setText(problem, fine ? "" : answer.data.error ?? (problems.join("; ") || `the server answered ${answer.status}`));
  return fine ? answer.data : null;
}

/** @param {string} text @param {string} about @param {string} action @param {() => unknown} act */
function item(text, about, action, act) {
  const button = h("button", { type: "button", class: "menu-item", "data-action": action }, h("span", {}, text), h("span", { class: "small muted" }, about));
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    void act();
  });
  return button;
}

/** @param {Summary} summary */
function stopItems(summary) {
  if (!isSearching(summary)) return [];
  const stop = (/** @type {boolean} */ retrain) => () => ask(summary, "stop", { retrain });
  const items = [];
  if (summary.ending !== "result") items.push(item("Stop after this generation", "and keep the results", "stop", stop(false)));
  if (summary.ending !== "retrain") items.push(item("Stop and retrain", "the winner, after this generation", "stop-retrain", stop(true)));
  return items;
}

/** @param {Summary} summary */
function priorityItem(summary) {
  if (!AT_WORK.includes(summary.state)) return [];
  const options = PRIORITIES.map((name) => h("option", { value: name, selected: name === summary.priority }, name));
  const select = /** @type {HTMLSelectElement} */ (h("select", { "data-action": "priority" }, ...options));
  select.addEventListener("change", () => void ask(summary, "priority", { priority: select.value }));
  return [h("label", { class: "menu-field" }, h("span", {}, "Priority"), select)];
}

/** @param {Summary} summary @param {State} state */
function extendItem(summary, state) {
  if (!extendable(summary, state)) return [];
  const { generations } = summary.config.search;
  const wanted = numberField("extended", generations + 10, generations + 1, 1000);
  const form = h(
    "form",
    { class: "menu-fork" },
    h("b", {}, "Extend the search"),
    h("span", { class: "small muted" }, `In this study, which has ${generations} generations; its config changes with it`),
    h("label", { class: "menu-field" }, h("span", {}, "Search until"), wanted),
    h("button", { "data-action": "extend" }, "Extend"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.closest("details")?.removeAttribute("open");
    void ask(summary, "extend", { generations: Number(wanted.value) });
  });
  return [form];
}

/** @param {Summary} summary @param {State} state */
function forkItem(summary, state) {
  const most = forkable(summary, state);
  if (most === null) return [];
  const kept = numberField("keep", most, 0, most);
  const wanted = numberField("generations", reach(summary, most), most, 1000);
  kept.addEventListener("input", () => wanted.setAttribute("min", kept.value));
  const form = h(
    "form",
    { class: "menu-fork" },
    h("b", {}, "Fork"),
    h("span", { class: "small muted" }, "A new study with this supernet and the candidates of its first generations"),
    h("label", { class: "menu-field" }, h("span", {}, "Keep generations"), kept),
    h("label", { class: "menu-field" }, h("span", {}, "Search until"), wanted),
    h("button", { "data-action": "fork" }, "Fork"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void fork(summary, Number(kept.value), Number(wanted.value));
  });
  return [form];
}

/** Until which generation a fork usually searches. @param {Summary} summary @param {number} most */
function reach(summary, most) {
  return Math.max(summary.config.search.generations, most);
}

/** A further generation may be kept too. What stands in a field stays while the menu is open; what was typed, until something else is offered. @param {HTMLDetailsElement} menu @param {Summary} summary @param {State} state */
export function updateFork(menu, summary, state) {
  const [kept, wanted] = ["keep", "generations"].map((name) => /** @type {HTMLInputElement | null} */ (menu.querySelector(`[name=${name}]`)));
  const most = forkable(summary, state);
  if (most === null || !kept || !wanted) return;
  kept.max = String(most);
  if (menu.open) return;
  kept.defaultValue = String(most);
  wanted.defaultValue = String(reach(summary, most));
  wanted.min = kept.value;
}

/** @param {string} name @param {number} value @param {number} min @param {number} max */
function numberField(name, value, min, max) {
  return /** @type {HTMLInputElement} */ (h("input", { type: "number", name, value, min: String(min), max, required: true }));
}

/** @param {Summary} summary @param {number} generation @param {number} generations */
async function fork(summary, generation, generations) {
  const config = generations === summary.config.search.generations ? {} : { search: { generations } };
  const made = granted(await forks.post(`/api/studies/${summary.id}/fork`, { generation, config }));
  if (made) location.assign(made.url);
}

/** @param {Summary} summary */
function putAwayItems(summary) {
  const items = [];
  if (summary.archived) items.push(item("Restore", "back to the list of studies", "restore", () => ask(summary, "restore")));
  else if (RESTING.includes(summary.state)) items.push(item("Archive", "hide from the list; can be restored", "archive", () => ask(summary, "archive")));
  if (RESTING.includes(summary.state)) items.push(item("Delete", "with its files; can be undone for a minute", "delete", () => remove(summary)));
  return items;
}

/** @param {Summary} summary */
async function remove(summary) {
  if (await ask(summary, "delete")) location.assign(`/?deleted=${summary.id}`);
}
