// The list of studies: kept up to date by asking again, row by row, so that nothing a person looks at moves.

import { byId, differs, h, setText } from "../lib/dom.js";
import { ago, duration, exact, percent, short } from "../lib/format.js";
import { strip } from "../domain/genome.js";
import { got, pageData, post } from "../lib/http.js";
import { Choice } from "./choice.js";
import { Found } from "./found.js";

/** @typedef {import("../wire/events.js").Summary} Summary */

const EVERY_MS = 3000;
const UNDO_SECONDS = 60;
const RESTING = ["paused", "succeeded", "failed", "cancelled"];
const query = new URLSearchParams(location.search);
const search = /** @type {HTMLInputElement} */ (byId("search"));
const typed = (query.get("q") ?? "").slice(0, search.maxLength);
const found = new Found(pageData("data"), { archived: query.get("archived") === "1", before: query.get("before") ?? "", text: typed });
/** @type {Map<string, HTMLElement>} */
const rows = new Map();
const body = /** @type {HTMLElement} */ (byId("studies").querySelector("tbody"));
search.value = typed;
let reached = true; // whether the server answered last time
const stale = h("p", { class: "notice bad", role: "status", hidden: true }, "The server cannot be reached, or you are signed out. This list may be outdated.");
byId("problem").after(stale);
const choice = new Choice(/** @type {HTMLElement} */ (byId("studies").parentElement), document.querySelector(".topbar .end span")?.textContent ?? "");

function draw() {
  const { studies } = found;
  for (const [id, row] of rows) {
    if (studies.some((study) => study.id === id)) continue;
    row.remove();
    rows.delete(id);
  }
  byId("empty").hidden = found.page.total > 0;
  byId("studies").hidden = byId("tools").hidden = found.page.total === 0;
  const visible = new Set(studies.filter((study) => found.shows(study, search.value)).map(({ id }) => id));
  studies.forEach((study, place) => {
    let row = rows.get(study.id);
    if (!row) rows.set(study.id, (row = makeRow(study)));
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
    fill(row, study);
    row.hidden = !visible.has(study.id);
  });
  choice.render(visible);
  setText(byId("count"), found.counted(visible.size, search.value));
  const older = /** @type {HTMLAnchorElement} */ (byId("older"));
  /** @type {HTMLElement} */ (older.parentElement).hidden = found.older === null;
  if (found.older !== null) older.setAttribute("href", found.older);
}

/** @param {Summary} study */
function makeRow(study) {
  const bar = h("div", { class: "bar" }, h("span"));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("span", { class: "named" }, choice.box(study.id, study.name), h("a", { href: `/studies/${study.id}` }, study.name))),
    h("td", {}, h("span", { class: "state" }), h("span", { class: "why" })),
    h("td", { class: "progress" }, bar, h("span", { class: "small muted" })),
    h("td", {}, study.dataset_title),
    h("td", { class: "number" }), h("td", { class: "number" }), h("td"), h("td", { class: "number" }), h("td"), h("td", { class: "row-actions" }),
  );
}

/** @param {HTMLElement} row @param {Summary} study */
function fill(row, study) {
  const [, state, progress, , accuracy, spikes, genome, computing, started, actions] = /** @type {HTMLElement[]} */ ([...row.children]);
  const badge = /** @type {HTMLElement} */ (state.firstElementChild);
  badge.dataset.state = study.state;
  setText(badge, study.state);
  state.title = study.reason;
  setText(/** @type {HTMLElement} */ (state.lastElementChild), why(study));
  const [bar, words] = /** @type {HTMLElement[]} */ ([...progress.children]);
  /** @type {HTMLElement} */ (bar.firstElementChild).style.transform = `scaleX(${study.progress})`;
  setText(words, `${Math.floor(100 * study.progress)} %${study.state === "running" && study.phase ? `, ${study.phase}` : ""}`);
  setText(accuracy, percent(study.best?.accuracy));
  accuracy.title = study.best?.tag ?? "";
  setText(spikes, short(study.best?.spikes));
  spikes.title = study.best ? `${exact(study.best.spikes)} spikes per image, ${study.best.tag}` : "";
  if (study.best && differs(genome, study.best.architecture)) {
    const { architecture } = study.best; // an analysis has no winner: its best arm's name
    genome.replaceChildren(study.config.analysis ? architecture : strip(document, architecture, study.config.network.macro.layers));
  }
  setText(computing, study.compute_seconds ? duration(study.compute_seconds) : "–");
  setText(started, ago(study.started ?? study.created));
  fillActions(actions, study);
}

/** Why it waits, what is asked of it, and a priority that is not the usual one. @param {Summary} study */
function why(study) {
  const asked = study.request === "pause" ? "pausing" : study.request === "cancel" ? "cancelling" : "";
  const priority = study.priority === "normal" || ["succeeded", "failed", "cancelled"].includes(study.state) ? "" : `${study.priority} priority`;
  return [study.waits, asked, priority].filter(Boolean).join("; ");
}

/** @param {HTMLElement} place @param {Summary} study */
function fillActions(place, study) {
  const wanted = study.may_edit && RESTING.includes(study.state) ? [study.archived ? "restore" : "archive", "delete"] : [];
  if (!differs(place, wanted.join(","))) return;
  const names = { archive: "Archive", restore: "Restore", delete: "Delete" };
  place.replaceChildren(
    ...wanted.map((action) => {
      const name = names[/** @type {keyof typeof names} */ (action)];
      const button = h("button", { type: "button", class: "quiet", "data-action": action, "aria-label": `${name} ${study.name}` }, name);
      button.addEventListener("click", () => void putAway(study, action));
      return button;
    }),
  );
}

/** @param {Summary} study @param {string} action */
async function putAway(study, action) {
  if (!(await ask(study.id, action))) return;
  found.drop(study.id);
  choice.drop(study.id);
  draw();
  const back = { archive: "restore", restore: "archive", delete: "undelete" };
  const done = { archive: "archived", restore: "restored", delete: "deleted" };
  offerUndo(`“${study.name}” is ${done[/** @type {keyof typeof done} */ (action)]}.`, study.id, back[/** @type {keyof typeof back} */ (action)]);
}

/** @param {string} id @param {string} action */
async function ask(id, action) {
  const answer = await post(`/api/studies/${id}/${action}`);
  const problem = byId("problem");
  problem.hidden = answer.status === 200;
  setText(problem, answer.status === 200 ? "" : (answer.data.error ?? (answer.status === 404 ? "It is permanently deleted." : `The server answered ${answer.status}.`)));
  return answer.status === 200;
}

/** @type {ReturnType<typeof setInterval> | undefined} */
let countdown;

/** Take back what was just done, for as long as the server lets one. @param {string} words @param {string} id @param {string} action */
function offerUndo(words, id, action) {
  const place = byId("undo");
  clearInterval(countdown);
  const button = h("button", { type: "button", "data-action": action }, "Undo");
  const left = h("span", { class: "small muted" });
  button.addEventListener("click", () => {
    clearInterval(countdown);
    place.hidden = true;
    void takeBack(id, action);
  });
  place.replaceChildren(h("span", {}, words), button, left);
  place.hidden = false;
  focusIfLost(button); // the row that had it is gone
  const until = performance.now() + 1000 * UNDO_SECONDS;
  const tick = () => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    if (seconds <= 0) {
      clearInterval(countdown);
      place.hidden = true;
    }
    setText(left, action === "undelete" ? `permanent in ${seconds} s` : "");
  };
  tick();
  countdown = setInterval(tick, 1000);
}

/** @param {string} id @param {string} action */
async function takeBack(id, action) {
  if (!(await ask(id, action))) return;
  await refresh();
  focusIfLost(rows.get(id)?.querySelector("a[href]"));
}

/** Who goes by keyboard goes on where something happened. @param {Element | null | undefined} element */
function focusIfLost(element) {
  if (document.activeElement === document.body && element instanceof HTMLElement) element.focus();
}

/** What the server has now; where it has no answer that is said, and what is shown stays. */
async function load() {
  const asked = found.question(search.value);
  const before = found.page;
  const answer = await got(`/api/studies?${asked}`, (response) => response.json());
  reached = answer !== null;
  stale.hidden = reached;
  if (answer && found.page === before) found.take(answer, asked.get("q") ?? ""); // else a study was put away meanwhile, which this answer may not know
  draw();
}

let asking = false;
let again = false;
/** One question at a time: what is typed while one is on its way is asked when its answer has come. */
async function refresh() {
  again = true;
  if (asking) return;
  clearTimeout(next);
  asking = true;
  while (again) {
    again = false;
    await load();
    again ||= reached && found.unknown(search.value);
  }
  asking = false;
  soon(document.hidden ? 5 * EVERY_MS : EVERY_MS);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;
/** @param {number} ms */
function soon(ms) {
  clearTimeout(next);
  next = setTimeout(() => void refresh(), ms);
}
addEventListener("online", () => soon(0));
addEventListener("pageshow", (event) => void (event.persisted && soon(0))); // from the back/forward cache
document.addEventListener("visibilitychange", () => void (document.hidden || soon(0)));

search.addEventListener("input", () => {
  const address = new URLSearchParams(location.search);
  if (search.value) address.set("q", search.value);
  else address.delete("q");
  if (found.before(search.value)) address.set("before", found.before(search.value));
  else address.delete("before");
  history.replaceState(null, "", address.size ? `?${address}` : location.pathname);
  draw();
  if (found.unknown(search.value)) void refresh();
});
draw();
const deleted = query.get("deleted");
if (deleted) {
  history.replaceState(null, "", location.pathname);
  offerUndo("The study is deleted.", deleted, "undelete");
}
soon(found.unknown(search.value) ? 0 : EVERY_MS);
