// The configurator: every field of StudyConfig from its schema, the macro architecture as cards, numbers live beside.

import { byId, h, setText } from "./dom.js";
import { duration, exact, percent, short } from "./format.js";
import { codeOf, gene, geneCell } from "./genome.js";
import { pageData, post } from "./http.js";
import { bounds, get, parse, resolve, set, title } from "./schema.js";

const schema = pageData("schema");
/** @type {{key: string, title: string, summary: string, paper: boolean, config: any}[]} */
const presets = pageData("preset-data");
let config = pageData("initial");
/** @type {any[]} */
const past = [];
/** @type {any[]} */
let future = [];
/** @type {{field: string, message: string}[]} */
let problems = [];
/** @type {any} */
let estimate = null;
let asked = 0;
let launching = false;

const SECTIONS = [
  { name: "Study", path: [], only: ["name", "seed"] },
  { name: "Data", path: ["data"] },
  { name: "Search space", path: ["network"], only: [] },
  { name: "Neuron and time", path: ["network"], only: ["time_steps", "batch_norm"], also: ["network", "neuron"] },
  { name: "Supernet training", path: ["supernet"] },
  { name: "Evolutionary search", path: ["search"] },
  { name: "Retraining the winner", path: ["retrain"] },
  { name: "Runtime", path: ["runtime"] },
];

// ---- changing the config: one way in, with history ----
/** @param {any} next @param {{rebuild?: boolean}} options */
function change(next, { rebuild = false } = {}) {
  if (JSON.stringify(next) === JSON.stringify(config)) return;
  past.push(config);
  if (past.length > 50) past.shift();
  future = [];
  config = next;
  refresh(rebuild);
}

/** @param {any[]} from @param {any[]} to */
function travel(from, to) {
  const next = from.pop();
  if (next === undefined) return;
  to.push(config);
  config = next;
  refresh(true);
}

/** @param {boolean} rebuild */
function refresh(rebuild) {
  if (rebuild) buildSections();
  buildLayers();
  const json = /** @type {HTMLTextAreaElement} */ (byId("json"));
  if (document.activeElement !== json) json.value = JSON.stringify(config, null, 2);
  /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !past.length;
  /** @type {HTMLButtonElement} */ (byId("redo")).disabled = !future.length;
  localStorage.setItem("draft", JSON.stringify(config));
  ask();
}

// ---- fields from the schema ----
function buildSections() {
  byId("sections").replaceChildren(
    ...SECTIONS.map((section) => {
      const box = h("fieldset", { class: "section" }, h("legend", {}, section.name));
      if (section.name === "Search space") {
        box.append(h("div", { id: "candidates" }), h("div", { class: "layers", id: "layers" }), macroFields());
        return box;
      }
      const grid = h("div", { class: "fields" });
      addFields(grid, section.path, section.only);
      if (section.also) addFields(grid, section.also);
      box.append(grid);
      return box;
    }),
  );
}

/** @param {string[]} path @returns {any} */
function schemaAt(path) {
  return path.reduce((s, key) => resolve(schema, (s.properties ?? {})[key]).schema, schema);
}

/** @param {HTMLElement} grid @param {string[]} path @param {string[]} [only] */
function addFields(grid, path, only) {
  for (const [key, property] of Object.entries(schemaAt(path).properties ?? {})) {
    if (only && !only.includes(key)) continue;
    grid.append(fieldFor([...path, key], resolve(schema, /** @type {any} */ (property))));
  }
}

function macroFields() {
  const grid = h("div", { class: "fields" });
  addFields(grid, ["network", "macro"], ["stem_channels", "extra_stem", "global_average_pooling", "votes_per_class"]);
  return grid;
}

/** @param {string[]} path @param {import("./schema.js").Field} field */
function fieldFor(path, field) {
  const id = path.join(".");
  const value = get(config, path);
  const { type, enum: choices } = field.schema;
  /** @type {HTMLElement} */
  let input;
  if (choices) {
    input = h("select", { id }, ...choices.map((c) => h("option", { value: c, selected: c === value }, String(c))));
  } else if (type === "boolean") {
    input = h("input", { id, type: "checkbox", checked: Boolean(value) });
  } else {
    const numeric = type === "integer" || type === "number";
    input = h("input", { id, type: "text", inputmode: numeric ? "decimal" : undefined, value: value === null ? "" : String(value), placeholder: field.optional ? "all / default" : undefined, autocomplete: "off" });
  }
  input.setAttribute("aria-describedby", `${id}-hint ${id}-problem`);
  input.addEventListener(choices || type === "boolean" ? "change" : "input", () => {
    const element = /** @type {HTMLInputElement} */ (input);
    change(set(config, path, type === "boolean" ? element.checked : parse(field, element.value)));
  });
  const limits = bounds(field.schema);
  const hint = `${field.description}${limits ? ` (${limits})` : ""}`;
  return h(
    "div",
    { class: type === "boolean" ? "field check" : "field" },
    h("label", { for: id }, title(path[path.length - 1])),
    input,
    h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("p", { class: "problem", id: `${id}-problem`, hidden: true }),
  );
}

// ---- candidate blocks and the macro architecture ----
const BLOCK_NAMES = /** @type {string[]} */ (resolve(schema, schemaAt(["network"]).properties.candidates).schema.items?.enum ?? []);

/** @param {string[]} chosen @param {(names: string[]) => void} pick @param {string} label */
function chips(chosen, pick, label) {
  const boxes = BLOCK_NAMES.map((name) => {
    const on = chosen.includes(name);
    const chip = h("button", { type: "button", class: "chip", "aria-pressed": String(on), title: name, "data-block": name }, geneCell(document, gene(codeOf(name))));
    chip.addEventListener("click", () => {
      const next = on ? chosen.filter((c) => c !== name) : BLOCK_NAMES.filter((c) => c === name || chosen.includes(c));
      pick(next);
    });
    return chip;
  });
  return h("div", { class: "chips", role: "group", "aria-label": label }, ...boxes);
}

function buildLayers() {
  const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.focus : undefined;
  byId("candidates").replaceChildren(
    h("h3", {}, "Candidate blocks"),
    chips(config.network.candidates, (names) => change(set(config, ["network", "candidates"], names)), "Candidate blocks of every searched layer"),
    h("p", { class: "hint" }, "S skip, C spiking convolution, R residual, I inverted bottleneck; the digit is the kernel. The paper searches S, C3, C5, R3, R5."),
    h("p", { class: "problem", id: "network.candidates-problem", hidden: true }),
  );
  const cards = config.network.macro.layers.map((/** @type {any} */ _, /** @type {number} */ i) => card(i));
  const add = h("div", { class: "add" }, adder("search", "Add a searched layer"), adder("max_pool", "Add a max-pool"));
  byId("layers").replaceChildren(
    h("h3", {}, "Layers"),
    h("div", { class: "cards" }, fixedCard("stem", `conv 3×3, ${config.network.macro.stem_channels} channels`), ...cards, fixedCard("output", `${config.network.macro.votes_per_class} votes a class`)),
    add,
    h("p", { class: "problem", id: "network.macro.layers-problem", hidden: true }),
  );
  if (focus) /** @type {HTMLElement | null} */ (document.querySelector(`[data-focus="${focus}"]`))?.focus();
  showShapes();
}

/** @param {string} name @param {string} text */
function fixedCard(name, text) {
  return h("div", { class: "card fixed" }, h("b", {}, title(name)), h("span", { class: "small muted" }, text), h("span", { class: "shape mono small", "data-row": name }));
}

/** @param {"search" | "max_pool"} kind @param {string} label */
function adder(kind, label) {
  const button = h("button", { type: "button" }, label);
  button.addEventListener("click", () => {
    const layers = config.network.macro.layers;
    const widest = layers.filter((/** @type {any} */ l) => l.channels).at(-1)?.channels ?? config.network.macro.stem_channels;
    const layer = kind === "search" ? { kind, channels: widest, stride: 1, candidates: null } : { kind, channels: null, stride: 2, candidates: null };
    change(set(config, ["network", "macro", "layers"], [...layers, layer]));
  });
  return button;
}

/** @param {number} i */
function card(i) {
  const path = ["network", "macro", "layers"];
  const layers = config.network.macro.layers;
  const layer = layers[i];
  const edit = (/** @type {any} */ changes) => change(set(config, [...path, i], { ...layer, ...changes }));
  const kind = h("select", { "aria-label": `Layer ${i + 1}: kind`, "data-focus": `kind${i}` }, ...["search", "max_pool", "avg_pool"].map((k) => h("option", { value: k, selected: k === layer.kind }, k === "search" ? "searched" : k.replace("_", "-"))));
  kind.addEventListener("change", () => {
    const value = /** @type {HTMLSelectElement} */ (kind).value;
    edit(value === "search" ? { kind: value, channels: layer.channels ?? config.network.macro.stem_channels, stride: 1 } : { kind: value, channels: null, stride: 2, candidates: null });
  });
  const parts = [kind];
  if (layer.kind === "search") {
    const channels = h("input", { value: layer.channels ?? "", inputmode: "numeric", "aria-label": `Layer ${i + 1}: channels`, "data-focus": `channels${i}` });
    channels.addEventListener("change", () => edit({ channels: parse({ schema: { type: "integer" }, optional: true, description: "" }, /** @type {HTMLInputElement} */ (channels).value) }));
    const stride = h("select", { "aria-label": `Layer ${i + 1}: stride`, "data-focus": `stride${i}` }, ...[1, 2].map((s) => h("option", { value: s, selected: s === layer.stride }, `stride ${s}`)));
    stride.addEventListener("change", () => edit({ stride: Number(/** @type {HTMLSelectElement} */ (stride).value) }));
    parts.push(h("label", { class: "inline" }, channels, "ch"), stride);
    const own = h("button", { type: "button", class: "quiet", "data-focus": `own${i}`, title: "Candidate blocks of this layer alone" }, layer.candidates ? "own blocks ×" : "own blocks");
    own.addEventListener("click", () => edit({ candidates: layer.candidates ? null : [...config.network.candidates] }));
    parts.push(own);
    if (layer.candidates) parts.push(chips(layer.candidates, (names) => edit({ candidates: names }), `Candidate blocks of layer ${i + 1}`));
  }
  const move = (/** @type {number} */ to) => {
    const next = [...layers];
    next.splice(to, 0, ...next.splice(i, 1));
    change(set(config, path, next));
  };
  const tools = h("div", { class: "tools-row" });
  const tool = (/** @type {string} */ text, /** @type {string} */ label, /** @type {boolean} */ disabled, /** @type {() => void} */ run) => {
    const button = h("button", { type: "button", class: "quiet", "aria-label": label, title: label, disabled });
    button.append(text);
    button.addEventListener("click", run);
    tools.append(button);
  };
  tool("←", `Move layer ${i + 1} left`, i === 0, () => move(i - 1));
  tool("→", `Move layer ${i + 1} right`, i === layers.length - 1, () => move(i + 1));
  tool("×", `Remove layer ${i + 1}`, layers.length === 1, () => change(set(config, path, layers.filter((/** @type {any} */ _, /** @type {number} */ k) => k !== i))));
  return h("div", { class: `card ${layer.kind}` }, h("b", {}, String(i + 1)), ...parts, h("span", { class: "shape mono small", "data-row": String(i + 1) }), tools);
}

function showShapes() {
  for (const place of document.querySelectorAll(".shape")) {
    const row = estimate?.rows.find((/** @type {any} */ r) => r.name === /** @type {HTMLElement} */ (place).dataset.row);
    setText(place, row ? (row.height * row.width === 1 ? `${row.channels}` : `${row.channels}×${row.height}×${row.width}`) : "");
  }
}

// ---- what the server says of it ----
let timer = 0;
function ask() {
  clearTimeout(timer);
  timer = setTimeout(askNow, 200);
}

async function askNow() {
  const mine = ++asked;
  const answer = await post("/api/estimate", { config });
  if (mine !== asked) return;
  if (answer.status === 200) estimate = answer.data;
  problems = answer.status === 422 ? answer.data.problems : answer.status === 200 ? [] : [{ field: "", message: answer.data.error ?? `the server answered ${answer.status}` }];
  showProblems();
  showEstimate();
  showShapes();
}

function showProblems() {
  for (const line of document.querySelectorAll("#form .problem")) /** @type {HTMLElement} */ (line).hidden = true;
  for (const input of document.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  const rest = problems.filter(({ field, message }) => {
    const line = nearest(field);
    if (!line) return true;
    line.hidden = false;
    setText(line, message);
    document.getElementById(line.id.replace(/-problem$/, ""))?.setAttribute("aria-invalid", "true");
    return false;
  });
  byId("problems").replaceChildren(...rest.map((p) => h("p", { class: "problem" }, p.field ? `${p.field}: ${p.message}` : p.message)));
  const button = /** @type {HTMLButtonElement} */ (byId("launch"));
  button.disabled = problems.length > 0 || launching;
  const [first] = problems;
  setText(byId("why"), first ? `Cannot launch: ${first.field ? `${first.field}: ` : ""}${first.message}` : "");
}

/** The error line of a field, or of what holds it: network.macro.layers.2.channels shows at the layers. @param {string} field */
function nearest(field) {
  const parts = field.split(".");
  while (parts.length) {
    const line = document.getElementById(`${parts.join(".")}-problem`);
    if (line) return line;
    parts.pop();
  }
  return null;
}

function showEstimate() {
  const e = estimate;
  if (!e) return;
  const span = (/** @type {{min: number, max: number}} */ s) => (s.min === s.max ? short(s.min) : `${short(s.min)} – ${short(s.max)}`);
  const time = e.seconds ? duration(e.seconds.total) : "not measured yet";
  const phases = e.seconds ? `supernet ${duration(e.seconds.supernet)}, search ${duration(e.seconds.search)}, retraining ${duration(e.seconds.retrain)}` : "this server measures its speed when its worker starts";
  /** @type {[string, string, string][]} */
  const lines = [
    ["architectures in the space", exact(e.space_size), ""],
    ["judged by this budget", exact(e.budget), `${percent(e.share)} of the space`],
    ["parameters of one network", span(e.parameters), ""],
    ["multiply-accumulates per image and step", span(e.macs), ""],
    ["time on this server", time, phases],
    ["config", e.digest.slice(0, 12), ""],
  ];
  byId("estimate").replaceChildren(...lines.map(([name, value, note]) => h("div", {}, h("dt", {}, name), h("dd", { title: name === "config" ? e.digest : undefined }, value), ...(note ? [h("p", { class: "hint" }, note)] : []))));
  const head = h("tr", {}, ...["Layer", "Block", "Shape", "Parameters", "Neurons"].map((n, i) => h("th", { scope: "col", class: i > 1 ? "number" : "" }, n)));
  const rows = e.rows.map((/** @type {any} */ r) => h("tr", {}, h("th", { scope: "row" }, r.name), h("td", {}, r.block), ...[`${r.channels}×${r.height}×${r.width}`, exact(r.parameters), exact(r.sites)].map((t) => h("td", { class: "number" }, t))));
  byId("shapes").replaceChildren(h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows)), h("p", { class: "hint" }, "Of the architecture with the most parameters."));
}

// ---- presets, JSON twin, launch ----
function buildPresets() {
  byId("presets").replaceChildren(
    ...presets.map((preset) => {
      const button = h("button", { type: "button", class: "preset", "data-preset": preset.key }, h("b", {}, preset.title), h("span", { class: "small" }, preset.summary), ...(preset.paper ? [h("span", { class: "tag" }, "the paper's recipe")] : []));
      button.addEventListener("click", () => change(preset.config, { rebuild: true }));
      return button;
    }),
  );
}

byId("json").addEventListener("input", (event) => {
  const problem = byId("json-problem");
  try {
    const next = JSON.parse(/** @type {HTMLTextAreaElement} */ (event.target).value);
    if (typeof next?.network?.macro !== "object" || !Array.isArray(next.network.macro.layers) || !Array.isArray(next.network.candidates)) {
      throw new Error("network.macro.layers and network.candidates must be there");
    }
    problem.hidden = true;
    change(next, { rebuild: true });
  } catch (error) {
    problem.hidden = false;
    setText(problem, `${error instanceof Error ? error.message : error}; the form keeps the last valid document`);
  }
});
byId("undo").addEventListener("click", () => travel(past, future));
byId("redo").addEventListener("click", () => travel(future, past));
byId("form").addEventListener("submit", (event) => event.preventDefault());

byId("launch").addEventListener("click", async () => {
  launching = true;
  showProblems();
  setText(byId("why"), "launching …");
  const answer = await post("/api/studies", { config });
  launching = false;
  if (answer.status === 201) {
    localStorage.removeItem("draft");
    location.assign(answer.data.url);
    return;
  }
  problems = answer.data.problems ?? [{ field: "", message: answer.data.error ?? `the server answered ${answer.status}` }];
  showProblems();
  /** @type {HTMLElement | null} */ (document.querySelector("[aria-invalid]"))?.focus();
});

/** A draft survives a reload; a link with a preset or a study to clone starts anew. */
const draft = location.search ? null : localStorage.getItem("draft");
if (draft) config = JSON.parse(draft);
buildPresets();
refresh(true);
