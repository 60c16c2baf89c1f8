// The page of one data set: what is being done with it, and what was found in it.

import { byId, differs, forget, h, setText } from "../lib/dom.js";
import { bytes, exact, micros } from "../lib/format.js";
import { pageData, send } from "../lib/http.js";
import { drawAbout } from "./about.js";
import { drawAugmentation } from "./augmentation.js";
import { drawClasses } from "./classes.js";
import { Player } from "./player.js";
import { drawSplit } from "./split.js";
import { busy, showState, STAGES } from "./types.js";
import { upload } from "./upload.js";

/** @typedef {import("./types.js").Detail} Detail */
/** @typedef {import("./types.js").Quota} Quota */

const BUSY_MS = 400;
/** @type {Detail} */
let dataset = pageData("data");
/** @type {Quota} */
const quota = pageData("quota-data");
let drawn = "";

function draw() {
  setText(byId("title"), dataset.version > 1 ? `${dataset.title}, version ${dataset.version}` : dataset.title);
  showState(byId("state"), dataset);
  setText(byId("reason"), refusal());
  byId("reason").hidden = !dataset.reason;
  drawActions();
  drawWork();
  drawNotes();
  const seen = `${dataset.content_sha256} ${dataset.previewed}`;
  byId("found").hidden = !dataset.previewed;
  if (dataset.previewed && seen !== drawn) {
    drawn = seen;
    drawFacts();
    drawClasses(byId("classes"), dataset);
    drawSplit(byId("split-controls"), byId("split"), byId("split-problem"), dataset);
    byId("augmentation").hidden = dataset.report.kind !== "images";
    byId("events").hidden = dataset.report.kind !== "events";
    if (dataset.report.kind === "images") drawAugmentation(byId("augmentation-controls"), byId("augmented"), dataset);
    else new Player(dataset).show();
  }
  drawUses();
  byId("about-panel").hidden = byId("uses-panel").hidden = dataset.state === "refused";
}

/** How the files were taken and what of them was not, a clause a line; and why they are what they are said to be. */
function drawNotes() {
  const { note, why } = dataset.report;
  const clauses = note ? note.split("; ") : dataset.source === "builtin" && dataset.by_hand ? [`From ${dataset.by_hand}.`] : [];
  const lines = why ? [...clauses, why] : clauses;
  if (!differs(byId("notes"), lines.join("\n"))) return;
  byId("notes").replaceChildren(...lines.map((line) => h("li", {}, line)));
}

function refusal() {
  if (dataset.state !== "refused") return dataset.reason;
  const kept = dataset.source === "upload" ? " The upload was deleted." : "";
  const at = dataset.stage ? ` at “${dataset.stage}”` : "";
  return `Refused${at}: ${dataset.reason}.${kept}`;
}

function drawActions() {
  const { state, source, may_edit } = dataset;
  const rest = state === "absent" || state === "ready" || state === "refused" || state === "changed";
  /** @type {[boolean, () => HTMLElement][]} */
  const all = [
    [state === "ready", link],
    [source === "builtin" && state === "absent" && dataset.fetchable, () => taskButton("Download", "fetch", true)],
    [source !== "upload" && rest && (source === "builtin" || may_edit), () => taskButton("Re-check", "check")],
    [may_edit && state !== "working", remove],
  ];
  if (!differs(byId("actions"), all.map(([wanted]) => wanted).join())) return;
  byId("actions").replaceChildren(...all.flatMap(([wanted, make]) => (wanted ? [make()] : [])));
}

function link() {
  return h("a", { class: "button primary", href: `/studies/new?dataset=${dataset.id}` }, "New study with it");
}

/** @param {string} name @param {string} action @param {boolean} [primary] */
function taskButton(name, action, primary = false) {
  const button = h("button", { type: "button", class: primary ? "primary" : "" }, name);
  button.addEventListener("click", async () => answer(await send("POST", `/api/datasets/${dataset.id}/${action}`, {})));
  return button;
}

function remove() {
  const button = h("button", { type: "button" }, "Delete");
  let asking = false;
  const ask = (/** @type {boolean} */ sure) => {
    asking = sure;
    setText(button, sure ? "Confirm delete" : "Delete");
  };
  button.addEventListener("click", async () => {
    if (!asking) return ask(true);
    const { status, data } = await send("DELETE", `/api/datasets/${dataset.id}`);
    if (status === 204) return location.assign("/datasets");
    ask(false);
    complain(data.error ?? `refused (${status})`);
  });
  button.addEventListener("blur", () => ask(false));
  return button;
}

/** @param {{status: number, data: any}} answered */
function answer({ status, data }) {
  if (status !== 200) return complain(data.error ?? `refused (${status})`);
  complain("");
  dataset = data;
  draw();
  if (busy(dataset)) follow();
}

/** @param {string} words */
function complain(words) {
  setText(byId("action-problem"), words);
  byId("action-problem").hidden = !words;
}

function drawWork() {
  const panel = byId("work");
  const arriving = dataset.state === "arriving";
  const seen = arriving || busy(dataset);
  panel.hidden = !seen;
  if (!seen) return forget(panel);
  if (!differs(panel, arriving ? dataset.state : [dataset.state, dataset.stage, dataset.received].join())) return; // an upload tells of itself
  if (arriving) panel.replaceChildren(...resumption());
  else if (dataset.stage === "download") panel.replaceChildren(h("p", {}, `${bytes(dataset.received)} of ${bytes(dataset.size)} downloaded`), bar(dataset.received / dataset.size));
  else panel.replaceChildren(stages());
}

function stages() {
  const at = STAGES.indexOf(dataset.stage);
  const items = STAGES.map((stage, place) => h("li", { "data-done": place < at, "aria-current": place === at ? "step" : undefined }, stage));
  return h("ol", { class: "stages", "aria-label": "Stages of the check" }, ...items);
}

/** @param {number} share */
function bar(share) {
  const inner = h("span");
  inner.style.transform = `scaleX(${share})`;
  return h("div", { class: "bar", role: "progressbar", "aria-valuenow": Math.floor(100 * share), "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": "arrived" }, inner);
}

/** An upload that was begun and not finished: the same file makes it go on. */
function resumption() {
  const words = h("p", { role: "status" }, `${bytes(dataset.received)} of ${bytes(dataset.size)} of ${dataset.file} have arrived. Choose the same file to continue.`);
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "file", id: "again", "aria-label": "The same file" }));
  const progress = bar(dataset.received / dataset.size);
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (!file) return;
    if (file.name !== dataset.file || file.size !== dataset.size) return complain(`this is ${file.name} of ${exact(file.size)} bytes; the upload is ${dataset.file} of ${exact(dataset.size)} bytes`);
    complain("");
    input.disabled = true;
    const failure = await upload(dataset.id, file, dataset.received, quota.chunk, (received, trouble) => {
      setText(words, `${bytes(received)} of ${bytes(dataset.size)} have arrived. ${trouble}`);
      /** @type {HTMLElement} */ (progress.firstElementChild).style.transform = `scaleX(${received / dataset.size})`;
    });
    input.disabled = false;
    if (failure) complain(failure.message);
    follow();
  });
  return dataset.may_edit ? [words, progress, input] : [words, progress];
}

function drawFacts() {
  const { report } = dataset;
  const shape = report.splits.train.shape;
  /** @type {[string, string][]} */
  const facts = [
    ["Samples", samples(report)],
    ["Shape", report.kind === "images" ? `${shape.join(" × ")} (C × H × W), uint8` : `events of ${shape[1]} × ${shape[2]} pixels, OFF and ON`],
    ["Classes", exact(report.classes.length)],
    ["On disk", `${exact(report.files)} ${report.files === 1 ? "file" : "files"}, ${bytes(report.bytes)} unpacked`],
    ["Content", `SHA-256 ${report.content_sha256}`],
    ["Path", dataset.location || "default"],
  ];
  if (report.statistics) facts.splice(3, 0, ["Normalisation", `mean ${report.statistics.mean.join(", ")}; standard deviation ${report.statistics.std.join(", ")} (training split, of 1)`]);
  if (report.events && report.duration_us)
    facts.splice(3, 0,
      ["Events", `${exact(report.events.total)} in all; ${exact(report.events.median)} a recording (median), ${exact(report.events.most)} at most`],
      ["Duration", `${micros(report.duration_us.median)} (median), ${micros(report.duration_us.longest)} at most`],
      ["ON events", `${(100 * (report.on_share ?? 0)).toFixed(1)} %`]);
  byId("facts").replaceChildren(...facts.flatMap(([name, words]) => [h("dt", {}, name), h("dd", {}, words)]));
  drawAbout(byId("about"), dataset, (changed) => ((dataset = changed), draw()));
}

/** @param {import("./types.js").Report} report */
function samples({ splits: { train, validation, test } }) {
  const own = validation ? `, ${exact(validation.samples)} validation` : "";
  return `${exact(train.samples)} training${own}, ${exact(test.samples)} test`;
}

function drawUses() {
  const hidden = dataset.uses - dataset.studies.length;
  const items = dataset.studies.map(({ id, name, state }) => h("li", {}, h("a", { href: `/studies/${id}` }, name), ` ${state}`));
  if (hidden > 0) items.push(h("li", {}, `and ${exact(hidden)} more`));
  const words = h("p", { class: "muted" }, "None yet. While a study uses it, it can be neither deleted nor changed.");
  byId("uses").replaceChildren(items.length ? h("ul", {}, ...items) : words);
}

let following = false;
async function follow() {
  if (following) return;
  following = true;
  for (;;) {
    const { status, data } = await send("GET", `/api/datasets/${dataset.id}`);
    if (status === 200) dataset = data;
    draw();
    if (status === 404 || (status === 200 && !busy(dataset))) break;
    await new Promise((done) => setTimeout(done, BUSY_MS));
  }
  following = false;
}

if (!dataset.previewed) drawAbout(byId("about"), dataset, (changed) => ((dataset = changed), draw()));
draw();
if (busy(dataset)) void follow();
