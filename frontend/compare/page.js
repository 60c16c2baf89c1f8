// The comparison: what is compared stands in the address; one answer of the server, every panel drawn from it.

import { AddressBar } from "../lib/address_bar.js";
import { byId, differs, h, keepFocus, setText } from "../lib/dom.js";
import { pageData } from "../lib/http.js";
import { query, read, write } from "./address.js";
import { Downloads } from "./downloads.js";
import { renderFronts } from "./fronts.js";
import { renderHeatmaps } from "./heatmaps.js";
import { Picker } from "./picker.js";
import { clipped, mark, titles } from "./series.js";
import { renderStrips } from "./strips.js";
import { renderDifferences, renderTable } from "./tables.js";
import { renderWaterfall } from "./waterfall.js";

/** @typedef {import("./types.js").Comparison} Comparison */
/** @typedef {import("./types.js").Network} Network */

/** @type {{choices: import("./types.js").Choice[], most: [number, number]}} */
const { choices, most } = pageData("page");
let view = read(location.search);
/** @type {Comparison | null} */
let shown = null;
let asked = "";
let ofStudy = ""; // whose architectures may be added

const downloads = new Downloads(byId("fronts-words"));
const picker = new Picker(choices, most[0], (id) => show({ studies: [...view.studies, id] }));

const address = new AddressBar(() => write(view));
/** @param {Partial<typeof view>} change */
function show(change) {
  view = { ...view, ...change };
  address.changed();
  void refresh();
}

/** Ask the server where it is asked something new; what is shown stays until the answer is here. */
async function refresh() {
  picker.render(view.studies);
  const question = query(view);
  if (question === asked) return draw();
  asked = question;
  const count = view.studies.length;
  setText(byId("status"), count || view.architectures.length ? `Reading ${count} ${count === 1 ? "study" : "studies"}.` : "");
  const { answer, problem } = await fetched(question);
  if (question !== asked) return; // a later question has been asked meanwhile
  setText(byId("status"), "");
  byId("problem").hidden = !problem;
  setText(byId("problem"), problem);
  if (problem) asked = ""; // asked again at the next change
  if (answer) shown = answer;
  draw();
}

/** @param {string} question @returns {Promise<{answer: Comparison | null, problem: string}>} */
async function fetched(question) {
  const response = await fetch(`/api/compare${question}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!response) return { answer: null, problem: "The server cannot be reached. What is shown stays; load the page again when it is back." };
  const answer = await response.json().catch(() => null); // cut off in its middle
  if (response.status === 404) return { answer: null, problem: "One of these studies does not exist, or belongs to another user. Remove it below." };
  if (response.status === 422) return { answer: null, problem: (answer?.problems ?? []).map((/** @type {{message: string}} */ one) => one.message).join(" ") };
  if (!response.ok || !answer) return { answer: null, problem: "The comparison could not be read. Load the page again; sign in if you are asked to." };
  return { answer, problem: "" };
}

function draw() {
  keepFocus(byId("chosen"), drawStudies, byId("search"));
  keepFocus(byId("chosen-architectures"), drawArchitectures, byId("genome"));
  const comparison = shown;
  byId("nothing").hidden = view.studies.length > 0 || view.architectures.length > 0;
  byId("compared").hidden = !comparison?.studies.length || !view.studies.length;
  byId("architectures-chooser").hidden = !comparison || !(view.studies.length || view.architectures.length);
  if (!comparison) return drawNetworks([]);
  const { studies, reference, differences, warnings, result_warnings: ofResults } = comparison;
  byId("warnings").replaceChildren(...[...warnings, ...ofResults].map(notice));
  if (studies.length) {
    void renderFronts(byId("fronts"), byId("fronts-words"), studies, reference);
    downloads.render(studies);
    keepFocus(byId("table"), () => renderTable(byId("table"), studies, reference, addArchitecture));
    renderDifferences(byId("differences"), studies, differences);
  }
  drawChoices(comparison);
  byId("architecture-warnings").replaceChildren(...comparison.architecture_warnings.map(notice));
  drawNetworks(comparison.architectures);
}

/** @param {import("./types.js").Warning} warning */
function notice({ kind, message }) {
  return h("p", { class: "notice", "data-kind": kind }, h("b", {}, "Note: "), message);
}

// ---- what is chosen, each with its symbol and a way to take it away ----
function drawStudies() {
  const known = new Map([...choices, ...(shown?.studies ?? [])].map((study) => [study.id, study]));
  const named = view.studies.map((id) => ({ name: known.get(id)?.name ?? `study ${id.slice(0, 8)}`, seed: known.get(id)?.seed ?? 0 }));
  const names = titles(named);
  byId("chosen").replaceChildren(...view.studies.map((id, i) => chip(i, names[i], () => show({ studies: view.studies.filter((other) => other !== id) }))));
}

function drawArchitectures() {
  const networks = new Map((shown?.architectures ?? []).map((network) => [network.key, network]));
  byId("chosen-architectures").replaceChildren(
    ...view.architectures.map((key, i) => {
      const network = networks.get(key);
      const item = chip(i, network ? title(network, [...networks.values()]) : (key.split(":")[1] ?? key), () => show({ architectures: view.architectures.filter((other) => other !== key), from: 0, to: 1 }));
      if (network?.problem) item.append(h("span", { class: "problem" }, network.problem));
      return item;
    }),
  );
}

/** @param {number} place @param {string} name @param {() => void} remove */
function chip(place, name, remove) {
  const button = h("button", { type: "button", class: "quiet", "aria-label": `Take ${name} away` }, "×");
  button.addEventListener("click", remove);
  return h("li", {}, mark(place), h("span", {}, name), button);
}

/** Genome and study; studies of one name are told apart by their seed. @param {Network} network @param {Network[]} all */
function title(network, all) {
  const alike = all.some((other) => other.name === network.name && other.study !== network.study);
  return `${network.architecture} of ${clipped(network.name)}${alike ? `, seed ${network.seed}` : ""}${network.tag === "test, retrained" ? ", retrained" : ""}`;
}

// ---- architectures ----
/** @param {string} key */
function addArchitecture(key) {
  if (view.architectures.includes(key)) return complain("This architecture is already in the comparison.");
  if (view.architectures.length >= most[1]) return complain(`${most[1]} architectures are compared, the maximum. Remove one first.`);
  complain("");
  show({ architectures: [...view.architectures, key] });
}

/** @param {string} message */
function complain(message) {
  byId("genome-problem").hidden = !message;
  setText(byId("genome-problem"), message);
}

/** The studies one may take an architecture from, and the members of their fronts. @param {Comparison} comparison */
function drawChoices(comparison) {
  const select = /** @type {HTMLSelectElement} */ (byId("of-study"));
  const ids = comparison.studies.map((study) => study.id);
  if (!differs(select, ids.join())) return;
  const names = titles(comparison.studies);
  select.replaceChildren(...ids.map((id, i) => h("option", { value: id }, names[i])));
  if (!ids.includes(ofStudy)) ofStudy = ids[0] ?? ""; // a choice a person has made stays
  select.value = ofStudy;
  byId("add-architecture").hidden = !comparison.studies.length;
  drawGenomes();
}

function drawGenomes() {
  const study = shown?.studies.find((one) => one.id === ofStudy);
  const codes = [...(study?.winner ? ["winner"] : []), ...(study?.front ?? []).map((one) => one.architecture)];
  byId("genomes").replaceChildren(...codes.map((code) => h("option", { value: code })));
}

byId("of-study").addEventListener("change", ({ currentTarget }) => {
  ofStudy = /** @type {HTMLSelectElement} */ (currentTarget).value;
  drawGenomes();
});
byId("add-architecture").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = /** @type {HTMLInputElement} */ (byId("genome"));
  const code = input.value.trim();
  if (!/^(winner|[A-Z][0-9x]*(-[A-Z][0-9x]*)*)$/.test(code)) return complain("Genome: write the blocks' codes with “-” between them, such as R5-S-C3, or “winner”.");
  addArchitecture(`${ofStudy}:${code}`);
  input.value = "";
});

/** @param {Network[]} all */
function drawNetworks(all) {
  const measured = all.filter((network) => network.problem === null && view.architectures.includes(network.key));
  byId("architectures").hidden = !measured.length;
  if (!measured.length) return;
  const names = measured.map((network) => title(network, measured));
  const toggle = byId("per-neuron");
  toggle.setAttribute("aria-pressed", String(view.perNeuron));
  renderStrips(byId("strips"), measured, names);
  renderHeatmaps(byId("heatmaps"), measured, names, view.perNeuron);
  renderWaterfall(byId("waterfall"), measured, names, view, show);
}

byId("per-neuron").addEventListener("click", () => show({ perNeuron: !view.perNeuron }));
document.addEventListener("themechange", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return; // a phone's address bar comes and goes: only a new width draws anew
  width = innerWidth;
  draw();
});
void refresh();
