// The list of studies: kept up to date by asking again, row by row, so that nothing a person looks at moves.

import { byId, h, setText } from "../dom.js";
import { ago, duration, exact, percent, short } from "../format.js";
import { strip } from "../genome.js";
import { pageData } from "../http.js";

/** @typedef {import("../events.js").Summary} Summary */

const EVERY_MS = 3000;

/** @type {Summary[]} */
let studies = pageData("data");
/** @type {Map<string, HTMLElement>} */
const rows = new Map();
const body = /** @type {HTMLElement} */ (byId("studies").querySelector("tbody"));
const search = /** @type {HTMLInputElement} */ (byId("search"));
search.value = new URLSearchParams(location.search).get("q") ?? "";

function draw() {
  byId("empty").hidden = studies.length > 0;
  byId("studies").hidden = byId("tools").hidden = studies.length === 0;
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let visible = 0;
  studies.forEach((study, place) => {
    let row = rows.get(study.id);
    if (!row) rows.set(study.id, (row = makeRow(study)));
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
    fill(row, study);
    const text = `${study.name} ${study.dataset} ${study.state} ${study.owner}`.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    visible += row.hidden ? 0 : 1;
  });
  setText(byId("count"), words.length ? `${visible} of ${studies.length}` : `${studies.length} ${studies.length === 1 ? "study" : "studies"}`);
}

/** @param {Summary} study */
function makeRow(study) {
  const bar = h("div", { class: "bar" }, h("span"));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("a", { href: `/studies/${study.id}` }, study.name)),
    h("td", {}, h("span", { class: "state" })),
    h("td", { class: "progress" }, bar, h("span", { class: "small muted" })),
    h("td", {}, study.dataset),
    h("td", { class: "number" }), h("td", { class: "number" }), h("td"), h("td", { class: "number" }), h("td"),
  );
}

/** @param {HTMLElement} row @param {Summary} study */
function fill(row, study) {
  const [, state, progress, , accuracy, spikes, genome, computing, started] = /** @type {HTMLElement[]} */ ([...row.children]);
  const badge = /** @type {HTMLElement} */ (state.firstElementChild);
  badge.dataset.state = study.state;
  setText(badge, study.state);
  state.title = study.reason;
  const [bar, words] = /** @type {HTMLElement[]} */ ([...progress.children]);
  /** @type {HTMLElement} */ (bar.firstElementChild).style.transform = `scaleX(${study.progress})`;
  setText(words, `${Math.floor(100 * study.progress)} %${study.state === "running" && study.phase ? `, ${study.phase}` : ""}`);
  setText(accuracy, percent(study.best?.accuracy));
  accuracy.title = study.best?.tag ?? "";
  setText(spikes, short(study.best?.spikes));
  spikes.title = study.best ? `${exact(study.best.spikes)} spikes per image, ${study.best.tag}` : "";
  if (study.best && genome.dataset.code !== study.best.architecture) {
    genome.dataset.code = study.best.architecture;
    const { architecture } = study.best; // an analysis has no winner: its best arm's name
    genome.replaceChildren(study.config.analysis ? architecture : strip(document, architecture, study.config.network.macro.layers));
  }
  setText(computing, study.compute_seconds ? duration(study.compute_seconds) : "–");
  setText(started, ago(study.started ?? study.created));
}

async function refresh() {
  try {
    const answer = await fetch("/api/studies", { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) studies = (await answer.json()).studies;
    draw();
  } finally {
    setTimeout(() => void refresh().catch(() => {}), document.hidden ? 5 * EVERY_MS : EVERY_MS);
  }
}

search.addEventListener("input", () => {
  history.replaceState(null, "", search.value ? `?q=${encodeURIComponent(search.value)}` : location.pathname);
  draw();
});
draw();
setTimeout(() => void refresh().catch(() => {}), EVERY_MS);
