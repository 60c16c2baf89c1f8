// The list of data sets, kept up to date by asking again; and the form that adds one.

import { byId, h, setText } from "../lib/dom.js";
import { bytes, exact } from "../lib/format.js";
import { pageData, send } from "../lib/http.js";
import { busy, showState } from "./types.js";
import { upload } from "./upload.js";

/** @typedef {import("./types.js").Summary} Summary */
/** @typedef {import("./types.js").Quota} Quota */

const BUSY_MS = 500;
const IDLE_MS = 5000;
/** @type {{datasets: Summary[], next: string | null}} */
let { datasets, next } = pageData("data");
/** @type {Quota} */
let quota = pageData("quota-data");
const older = /** @type {HTMLAnchorElement} */ (byId("older"));
const asked = new URLSearchParams({ before: new URLSearchParams(location.search).get("before") ?? "" });
/** @type {Map<string, HTMLElement>} */
const rows = new Map();
const body = /** @type {HTMLElement} */ (byId("datasets").querySelector("tbody"));
const file = /** @type {HTMLInputElement} */ (byId("file"));
const title = /** @type {HTMLInputElement} */ (byId("title"));
const path = /** @type {HTMLInputElement} */ (byId("path"));
const go = /** @type {HTMLButtonElement} */ (byId("go"));
/** @type {File | null} */
let chosen = null;

function draw() {
  const here = new Set(datasets.map(({ id }) => id));
  for (const [id, row] of rows) if (!here.has(id)) (row.remove(), rows.delete(id));
  datasets.forEach((dataset, place) => {
    let row = rows.get(dataset.id);
    if (!row) rows.set(dataset.id, (row = makeRow(dataset)));
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
    fill(row, dataset);
  });
  /** @type {HTMLElement} */ (older.parentElement).hidden = next === null;
  if (next !== null) older.setAttribute("href", `/datasets?before=${next}`);
  setText(byId("quota"), `${bytes(quota.used)} of ${bytes(quota.bytes)} uploaded; a file at most ${bytes(quota.upload)}`);
}

/** @param {Summary} dataset */
function makeRow(dataset) {
  const number = () => h("td", { class: "number" });
  return h(
    "tr", {},
    h("th", { scope: "row" }, h("a", { href: `/datasets/${dataset.id}` })),
    h("td", {}, h("span", { class: "state" })), h("td"), number(), number(), number(), number(), number(), h("td"),
  );
}

/** @param {HTMLElement} row @param {Summary} dataset */
function fill(row, dataset) {
  const [name, state, kind, classes, train, test, size, uses, owner] = /** @type {HTMLElement[]} */ ([...row.children]);
  setText(name.firstElementChild, dataset.version > 1 ? `${dataset.title}, version ${dataset.version}` : dataset.title);
  showState(/** @type {HTMLElement} */ (state.firstElementChild), dataset);
  state.title = dataset.reason;
  setText(kind, dataset.kind ?? "–");
  setText(classes, dataset.classes === null ? "–" : exact(dataset.classes));
  setText(train, count(dataset.samples.train));
  setText(test, count(dataset.samples.test));
  setText(size, dataset.state === "absent" || !dataset.size ? "–" : bytes(dataset.size));
  setText(uses, dataset.uses ? exact(dataset.uses) : "–");
  setText(owner, dataset.owner === null ? "built in" : dataset.shared ? `${dataset.owner}, shared` : dataset.owner);
}

/** @param {number | undefined} value */
function count(value) {
  return value === undefined ? "–" : exact(value);
}

async function refresh() {
  try {
    const { status, data } = await send("GET", `/api/datasets?${asked}`);
    if (status === 200) ({ datasets, next, quota } = data);
    draw();
  } finally {
    setTimeout(() => void refresh(), datasets.some(busy) ? BUSY_MS : IDLE_MS);
  }
}

/** @param {File | null} found */
function choose(found) {
  chosen = found;
  setText(byId("chosen"), found ? `${found.name}, ${bytes(found.size)}` : "or drop it here");
  if (found && !title.value) title.value = found.name.replace(/\.[a-z0-9.]+$/i, "");
  clear();
}

function clear() {
  for (const line of byId("add").querySelectorAll(".problem")) /** @type {HTMLElement} */ (line).hidden = true;
}

/** @param {{field: string, message: string}[]} problems */
function complain(problems) {
  for (const { field, message } of problems) {
    const line = document.getElementById(`${field}-problem`) ?? byId("add-problem");
    setText(line, message);
    line.hidden = false;
  }
}

async function add() {
  clear();
  const shared = /** @type {HTMLInputElement} */ (byId("shared")).checked;
  if (!chosen && !path.value.trim()) return complain([{ field: "add", message: "Choose a file, or name a path on this server." }]);
  if (chosen && path.value.trim()) return complain([{ field: "path", message: "either a file or a path, not both" }]);
  const name = title.value.trim() || (path.value.trim().replace(/\/+$/, "").split("/").pop() ?? "");
  const body = chosen
    ? { source: "upload", title: name, file: chosen.name, size: chosen.size, shared }
    : { source: "path", title: name, path: path.value, shared };
  const { status, data } = await send("POST", "/api/datasets", body);
  if (status !== 201) return complain(data.problems ?? [{ field: "add", message: data.error ?? `refused (${status})` }]);
  if (!chosen) return location.assign(`/datasets/${data.id}`);
  const failure = await upload(data.id, chosen, 0, quota.chunk, (received, trouble) => {
    const share = Math.floor((100 * received) / /** @type {File} */ (chosen).size);
    setText(byId("chosen"), `${/** @type {File} */ (chosen).name}: ${share} % has arrived. ${trouble}`);
  });
  if (failure) return complain([failure]);
  location.assign(`/datasets/${data.id}`);
}

byId("add").addEventListener("submit", (event) => {
  event.preventDefault();
  go.disabled = true;
  void add().finally(() => (go.disabled = false));
});
file.addEventListener("change", () => choose(file.files?.[0] ?? null));
const drop = byId("drop");
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
  });
}
drop.addEventListener("drop", (event) => choose(/** @type {DragEvent} */ (event).dataTransfer?.files[0] ?? null));
draw();
setTimeout(() => void refresh(), datasets.some(busy) ? BUSY_MS : IDLE_MS);
