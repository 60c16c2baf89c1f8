// The study page: one state from events, one view from the URL, every panel drawn from both.

import { AddressBar } from "../lib/address_bar.js";
import { byId, setText } from "../lib/dom.js";
import { pageData, post } from "../lib/http.js";
import { Stream } from "../wire/socket.js";
import { applyProvisional, hasGap, initialState, reduce } from "../wire/state.js";
import { Announcer } from "./announcer.js";
import { frames, position } from "./frame.js";
import { choices, index } from "../domain/space.js";
import { Hover } from "./hover.js";
import { toQuery, parse } from "./view.js";
import { Search } from "./search.js";
import { Panels } from "./panels.js";
import { renderAnalysis } from "./panels/analysis.js";
import { showFamily } from "./panels/family.js";
import { renderHeader } from "./panels/header.js";
import { renderLog } from "./panels/log.js";
import { showRepeat } from "./panels/repeat.js";
import { askRetrained } from "./panels/trust.js";
import { newTitles, renderWarnings } from "./panels/warnings.js";

/** @typedef {import("./view.js").View} View */

/** @type {import("../wire/events.js").Summary} */
let summary = pageData("study");
let state = initialState;
let view = viewOf(location.search);
const frameOf = frames(summary.config.search);
const announcer = new Announcer(byId("announce"));
const hover = new Hover();

// ---- the view, all of it in the URL ----
/** An analysis has results and a log alone. @param {string} query */
function viewOf(query) {
  const found = parse(new URLSearchParams(query));
  if (found.asked !== null && index(choices(summary.config), found.asked) === null) found.asked = null; // of another space
  return summary.config.analysis && found.tab !== "log" ? { ...found, tab: /** @type {View["tab"]} */ ("live") } : found;
}

const address = new AddressBar(() => toQuery(view));
/** @param {Partial<View>} change */
function show(change) {
  const turned = change.tab !== undefined && change.tab !== view.tab;
  if (turned) address.flush(); // the way back leads to what was last shown there
  view = { ...view, ...change };
  schedule(true);
  if (turned) address.turned();
  else address.changed();
}
window.addEventListener("popstate", () => {
  view = viewOf(location.search);
  schedule(true);
});
/** @typedef {import("./view.js").Tab} Tab */
/** The view's address under another tab. @param {HTMLElement} link of the tab */
const hrefOf = (link) => toQuery({ ...view, tab: /** @type {Tab} */ (link.dataset.tab) }) || location.pathname;
for (const kind of ["click", "auxclick"]) {
  byId("tabs").addEventListener(kind, (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a");
    const { button, ctrlKey, metaKey, shiftKey } = /** @type {MouseEvent} */ (event);
    if (!link) return;
    link.href = hrefOf(link); // where the browser opens it elsewhere
    if (button || ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    show({ tab: /** @type {Tab} */ (link.dataset.tab) });
  });
}

// ---- drawing, at most once a frame ----
let scheduled = false;
let person = true; // whether a person asked for the next drawing
let news = false; // whether events came since the last one
function schedule(byPerson = false) {
  person ||= byPerson;
  if (scheduled || document.hidden) return;
  scheduled = true;
  requestAnimationFrame(settle);
}
/** Draw what waits to be drawn. */
function settle() {
  if (!scheduled) return;
  scheduled = false;
  draw();
}
document.addEventListener("visibilitychange", () => schedule());

const page = {
  summary: () => summary,
  state: () => state,
  view: () => view,
  frame: () => (catchingUp() ? null : frameOf(state, view)),
  position: () => (catchingUp() ? { shown: -1, total: 0 } : position(state, view)),
  show,
  settle,
  select: (/** @type {number} */ id) => show({ selected: view.selected === id ? null : id, asked: null }),
  again: () => schedule(true),
  told: () => schedule(),
  family: () => refreshFamily(),
  retrained: () => retrained,
};
const search = summary.config.analysis ? null : new Search(page, hover, pageData("published") ?? [], pageData("output-elements") ?? []);
const panels = new Panels(
  [
    ...(search?.panels ?? []),
    { element: byId("analysis"), draw: () => renderAnalysis(byId("analysis"), state, summary) },
  ],
  schedule,
);

/** Events of the past come in several frames; the panels are drawn when all have come. */
let upTo = summary.last_seq;
const catchingUp = () => state.seq < upTo && !hasGap(state);

function draw() {
  renderHeader(summary, state, act);
  renderWarnings(byId("warnings"), summary.warnings ?? []);
  for (const link of byId("tabs").querySelectorAll("a")) {
    if (link.dataset.tab === view.tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.href = hrefOf(link);
  }
  panels.turn(view.tab);
  if (catchingUp()) return search?.loading(state.seq, upTo);
  const frame = frameOf(state, view);
  search?.before();
  renderLog(byId("log"), state); // also unseen: it only ever grows
  panels.draw(frame, person, news);
  hover.mark();
  [person, news] = [false, false];
}

function repaint() {
  search?.repaint();
  schedule(true);
}
document.addEventListener("themechange", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
addEventListener("beforeprint", draw); // paper waits for no frame
let width = 0; // a new height is what news brings; only a new width asks for other pictures
new ResizeObserver(([{ contentRect }]) => {
  if (contentRect.width !== width) schedule(true);
  width = contentRect.width;
}).observe(byId("content"));

// ---- actions and the stream ----
for (const left of ["focusout", "toggle"]) byId("actions").addEventListener(left, () => schedule(), true); // a toggle does not bubble
let acting = false; // a button that is disabled would lose the focus
/** @param {string} action */
async function act(action) {
  if (acting) return;
  acting = true;
  const answer = await post(`/api/studies/${summary.id}/${action}`);
  const problem = byId("action-problem");
  problem.hidden = answer.status === 200;
  setText(problem, answer.data.error ?? (answer.status === 200 ? "" : `the server answered ${answer.status}`));
  if (answer.status === 200) summary = answer.data;
  acting = false;
  schedule();
}

/** The sibling studies' results: when the page opens, is looked at again, and when this study changes its state. */
function refreshRepeat() {
  const place = document.getElementById("repeat");
  if (place && summary.repeat && !document.hidden) void showRepeat(place, summary.repeat, summary.id);
}
document.addEventListener("visibilitychange", refreshRepeat);
refreshRepeat();

/** The searches on this supernet: on the same occasions, and when more of them were begun here. */
function refreshFamily() {
  const place = document.getElementById("family");
  if (place && !document.hidden) void showFamily(place, summary.id);
  if (place && !document.hidden) void refreshRetrained();
}
/** @type {import("./panels/trust.js").Retrained | undefined} */
let retrained;
async function refreshRetrained() {
  retrained = await askRetrained(summary.id, retrained);
  schedule();
}
document.addEventListener("visibilitychange", refreshFamily);
refreshFamily();

/** @param {number} before generations that were known */
function announce(before) {
  const last = state.generations.at(-1);
  const best = last && state.candidates[last.best];
  if (before && last && best && state.generations.length > before) {
    announcer.say(`Generation ${last.generation + 1} of ${last.generations}: best fitness ${best.fitness.toFixed(4)}, ${last.front.length} on the front.`);
  }
}

const stream = new Stream(summary.id, {
  cursor: () => state.seq,
  events: (events) => {
    const before = catchingUp() ? 0 : state.generations.length;
    for (const stored of events) state = reduce(state, stored);
    if (hasGap(state)) stream.refill();
    announce(before);
    news = true;
    schedule();
  },
  progress: (event) => {
    state = applyProvisional(state, event);
    news ||= event.kind === "candidate_evaluated";
    schedule();
  },
  summary: (latest) => {
    const moved = latest.state !== summary.state;
    for (const title of newTitles(summary.warnings ?? [], latest.warnings ?? [])) announcer.say(`Warning: ${title}.`);
    summary = latest;
    upTo = Math.min(upTo, latest.last_seq);
    if (moved) [refreshRepeat, refreshFamily].forEach((refresh) => refresh());
    schedule();
  },
  status: (status, message) => {
    const chip = byId("connection");
    chip.dataset.status = status;
    setText(chip, status === "live" ? "" : message);
    chip.hidden = status === "live";
  },
});

schedule(true);
