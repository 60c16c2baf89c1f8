// The search space as a person draws it: a palette of candidate blocks, and the macro architecture as a row of cards.

import { byId, h, setText } from "../lib/dom.js";
import { legend } from "../domain/blocks.js";
import { chips, offered } from "./chips.js";
import { draggable } from "./drag.js";
import { codecOf, problemLine } from "./fields.js";
import { flow, showFlows } from "./flow.js";
import { set } from "./schema.js";
import { addLayer, blocksOf, duplicateLayer, factors, LAYERS, layersOf, moveLayer, presence, removeLayer, setKind, toggleEverywhere, toggleInLayer } from "./space.js";
import { raised } from "./words.js";

/** @typedef {import("./space.js").Layer} Layer */

/** @type {Record<Layer["kind"], string>} */
const KINDS = { search: "searched", max_pool: "max-pool", avg_pool: "avg-pool" };
const ICONS = {
  handle: "M6 3.5v.01M10 3.5v.01M6 8v.01M10 8v.01M6 12.5v.01M10 12.5v.01",
  left: "M10 3 5 8l5 5",
  right: "m6 3 5 5-5 5",
  copy: "M5.5 5.5h8v8h-8zM3 10.5v-8h8",
  remove: "m4 4 8 8m0-8-8 8",
};

export class Cards {
  #drawn = "";
  #focus = "";
  #wide = false;
  /** @type {(() => void)[]} shows anew what candidate blocks change of what is drawn */ #refresh = [];

  /** @param {import("./fields.js").Fields} fields @param {(next: any) => void} change @param {(words: string) => void} say */
  constructor(fields, change, say) {
    this.fields = fields;
    this.change = change;
    this.say = say;
    this.blocks = fields.blocks;
  }

  /** What the section of the search space consists of. @returns {HTMLElement[]} */
  parts() {
    const macro = (/** @type {string} */ key) => this.fields.make(`network.macro.${key}`, { bare: true });
    this.list = h("ol", { class: "cards", "aria-label": "Layers, in order" });
    this.stem = fixedCard("Stem", "stem", macro("stem_channels"), macro("extra_stem"));
    this.output = fixedCard("Output", "output", macro("global_average_pooling"), macro("votes_per_class"));
    return [
      h("div", { id: "candidates" }),
      h("div", { class: "row-box", id: "layers" }, this.list),
      problemLine(LAYERS.join(".")),
      h("div", { class: "add" }, this.#adder("search", "Add a searched layer"), this.#adder("max_pool", "Add a max-pool"), this.#adder("avg_pool", "Add an average pool")),
      h("p", { class: "hint" }, "Drag a card by its dots, or focus them and use the arrow keys, Home and End; Delete removes the layer."),
    ];
  }

  /** Draw the config; what is in place stays, so that typing in a card is never interrupted and a chip answers at once. @param {any} config */
  show(config) {
    this.config = config;
    const layers = layersOf(config);
    const structure = JSON.stringify([this.#offered(), this.#wide, layers.map(({ kind, stride }) => [kind, stride])]);
    if (structure !== this.#drawn) this.#draw(layers, structure);
    else for (const refresh of this.#refresh) refresh();
  }

  /** @param {Layer[]} layers @param {string} structure */
  #draw(layers, structure) {
    this.#drawn = structure;
    this.#refresh = [];
    const active = document.activeElement;
    const focus = this.#focus || (active instanceof HTMLElement ? active.dataset.focus ?? "" : "");
    this.#focus = "";
    this.fields.forget(LAYERS.join("."));
    this.#drawPalette();
    this.list?.replaceChildren(this.stem ?? "", ...layers.map((layer, i) => this.#card(layer, i, layers.length)), this.output ?? "");
    if (focus) this.#restore(focus);
  }

  /** @param {import("./flow.js").Row[]} rows */
  showShapes(rows) {
    showFlows(byId("layers"), rows);
  }

  #drawPalette() {
    const { blocks } = this;
    const more = h("button", { type: "button", class: "quiet", "data-focus": "wide", "aria-expanded": String(this.#wide) }, this.#wide ? "Fewer blocks" : `All ${blocks.length} blocks`);
    more.addEventListener("click", () => {
      this.#wide = !this.#wide;
      this.show(this.config);
    });
    const toggle = (/** @type {string} */ block) => this.change(toggleEverywhere(this.config, block, blocks));
    const palette = this.#chips("Candidate blocks of every searched layer", "all", (block) => presence(this.config, block), toggle);
    byId("candidates").replaceChildren(
      h("div", { class: "palette" }, h("span", { class: "palette-name" }, "In every layer"), palette, more),
      h("p", { class: "hint" }, `${legend()}. The digit is the kernel.`),
      problemLine("network.candidates"),
    );
  }

  /** @param {string} label @param {string} where @param {(block: string) => import("./chips.js").Pressed} state @param {(block: string) => void} toggle */
  #chips(label, where, state, toggle) {
    const { element, refresh } = chips(this.#offered(), label, where, state, toggle);
    this.#refresh.push(refresh);
    return element;
  }

  #offered() {
    return offered(this.blocks, [this.config.network.candidates, ...layersOf(this.config).map((layer) => layer.candidates ?? [])], this.#wide);
  }

  /** @param {Layer} layer @param {number} i @param {number} count */
  #card(layer, i, count) {
    const name = `Layer ${i + 1}`;
    const handle = iconButton("handle", `${name}, ${KINDS[layer.kind]}: arrow keys move it, Delete removes it`, `handle${i}`);
    handle.addEventListener("keydown", (event) => this.#key(event, i, count));
    const body = h(
      "div",
      { class: `card ${layer.kind}`, "data-layer": String(i) },
      h("div", { class: "card-head" }, handle, h("b", {}, String(i + 1)), this.#kind(layer, i)),
      ...(layer.kind === "search" ? this.#searched(layer, i) : [h("p", { class: "small muted pool-words" }, "2×2, stride 2")]),
      this.#tools(i, count),
      problemLine([...LAYERS, i].join(".")),
    );
    const item = h("li", { class: "step" }, body, flow(String(i + 1)));
    draggable(handle, item, () => /** @type {HTMLElement[]} */ ([...(this.list?.children ?? [])].slice(1, -1)), byId("layers"), (to) => this.#move(i, to, "handle"));
    return item;
  }

  /** Width, stride and blocks of a searched layer. @param {Layer} layer @param {number} i */
  #searched(layer, i) {
    const id = [...LAYERS, i, "channels"].join(".");
    const channels = /** @type {HTMLInputElement} */ (h("input", { id, value: layer.channels ?? "", inputmode: "numeric", autocomplete: "off", placeholder: "as before", "aria-label": `Layer ${i + 1}: channels`, "aria-describedby": `${id}-problem`, "data-focus": `channels${i}` }));
    this.fields.bind([...LAYERS, i, "channels"], channels, codecOf({ schema: { type: "integer" }, optional: true, description: "" }));
    const stride = this.#stride(layer, i);
    const toggle = (/** @type {string} */ block) => this.change(toggleInLayer(this.config, i, block, this.blocks));
    const blocks = () => blocksOf(this.config, layersOf(this.config)[i]);
    const count = h("p", { class: "small muted" });
    const tell = () => setText(count, `${blocks().length} ${blocks().length === 1 ? "block" : "blocks"}${layersOf(this.config)[i].candidates ? ", its own" : ""}`);
    this.#refresh.push(tell);
    tell();
    return [
      h("div", { class: "card-line" }, h("label", { for: id, class: "small" }, "channels"), channels),
      problemLine(id),
      h("div", { class: "card-line" }, h("span", { class: "small" }, "stride"), stride),
      problemLine([...LAYERS, i, "stride"].join(".")),
      this.#chips(`Candidate blocks of layer ${i + 1}`, `layer${i}`, (block) => (blocks().includes(block) ? "true" : "false"), toggle),
      problemLine([...LAYERS, i, "candidates"].join(".")),
      count,
    ];
  }

  /** @param {Layer} layer @param {number} i */
  #kind(layer, i) {
    const select = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": `Layer ${i + 1}: kind`, "data-focus": `kind${i}` }, ...Object.entries(KINDS).map(([value, words]) => h("option", { value, selected: value === layer.kind }, words))));
    select.addEventListener("change", () => this.change(setKind(this.config, i, /** @type {Layer["kind"]} */ (select.value))));
    return select;
  }

  /** @param {Layer} layer @param {number} i */
  #stride(layer, i) {
    const select = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": `Layer ${i + 1}: stride`, "data-focus": `stride${i}` }, ...[1, 2].map((n) => h("option", { value: n, selected: n === layer.stride }, String(n)))));
    select.addEventListener("change", () => this.change(set(this.config, [...LAYERS, i, "stride"], Number(select.value))));
    return select;
  }

  /** @param {number} i @param {number} count */
  #tools(i, count) {
    const name = `layer ${i + 1}`;
    const tool = (/** @type {keyof typeof ICONS} */ icon, /** @type {string} */ words, /** @type {boolean} */ disabled, /** @type {() => void} */ run) => {
      const button = iconButton(icon, words, `${icon}${i}`, disabled);
      button.addEventListener("click", run);
      return button;
    };
    return h(
      "div",
      { class: "tools-row" },
      tool("left", `Move ${name} left`, i === 0, () => this.#move(i, i - 1, "left")),
      tool("right", `Move ${name} right`, i === count - 1, () => this.#move(i, i + 1, "right")),
      tool("copy", `Duplicate ${name}`, false, () => this.#replace(duplicateLayer(this.config, i), `copy${i + 1}`, `${name} is there twice, the second as layer ${i + 2}`)),
      tool("remove", `Remove ${name}`, count === 1, () => this.#remove(i, count, "remove")),
    );
  }

  /** @param {KeyboardEvent} event @param {number} i @param {number} count */
  #key(event, i, count) {
    const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: count - 1 }[event.key];
    if (event.key === "Delete" && count > 1) this.#remove(i, count, "handle");
    else if (to !== undefined && to >= 0 && to < count && to !== i) this.#move(i, to, "handle");
    else if (to === undefined) return;
    event.preventDefault();
  }

  /** @param {number} from @param {number} to @param {string} tool that keeps the focus */
  #move(from, to, tool) {
    this.#replace(moveLayer(this.config, from, to), `${tool}${to}`, `Layer ${from + 1} is now layer ${to + 1} of ${layersOf(this.config).length}`);
  }

  /** @param {number} i @param {number} count @param {string} tool */
  #remove(i, count, tool) {
    this.#replace(removeLayer(this.config, i), `${tool}${Math.min(i, count - 2)}`, `Layer ${i + 1} is removed; ${count - 1} are left`);
  }

  /** @param {Layer["kind"]} kind @param {string} words */
  #adder(kind, words) {
    const button = h("button", { type: "button", "data-focus": `add-${kind}` }, words);
    button.addEventListener("click", () => {
      this.#replace(addLayer(this.config, kind), "", `Layer ${layersOf(this.config).length + 1} is added`);
      this.list?.lastElementChild?.scrollIntoView({ block: "nearest", inline: "end" });
    });
    return button;
  }

  /** @param {any} next @param {string} focus @param {string} words */
  #replace(next, focus, words) {
    this.#focus = focus;
    this.change(next);
    this.say(words);
  }

  /** Focus what was focused before it was drawn anew, or the next thing that can be. @param {string} focus */
  #restore(focus) {
    const found = /** @type {HTMLButtonElement | null} */ (document.querySelector(`[data-focus="${CSS.escape(focus)}"]`));
    if (!found) return;
    const target = found.disabled ? /** @type {HTMLElement | null} */ (found.parentElement?.querySelector("button:enabled")) : found;
    target?.focus({ preventScroll: true });
    target?.closest(".step")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

/** "5 × 5 × 4", or of many "5¹² × 4". @param {any} config */
export function product(config) {
  const all = factors(config);
  if (all.length <= 8) return all.join(" × ");
  const counts = new Map(all.map((n) => [n, all.filter((other) => other === n).length]));
  return [...counts].map(([n, times]) => (times > 1 ? `${n}${raised(times)}` : `${n}`)).join(" × ");
}

/** @param {string} title @param {string} row @param {HTMLElement[]} fields */
function fixedCard(title, row, ...fields) {
  const card = h("div", { class: "card fixed" }, h("div", { class: "card-head" }, h("b", {}, title)), ...fields);
  return h("li", { class: "step" }, card, flow(row));
}

/** @param {keyof typeof ICONS} icon @param {string} label @param {string} focus @param {boolean} [disabled] */
function iconButton(icon, label, focus, disabled = false) {
  const button = h("button", { type: "button", class: `quiet icon ${icon}`, "aria-label": label, title: label, disabled, "data-focus": focus });
  button.innerHTML = `<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
  return button;
}
