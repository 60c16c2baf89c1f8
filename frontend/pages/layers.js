// The search space as a person draws it: candidate blocks as chips, the macro architecture as a row of cards.

import { byId, h, setText } from "../dom.js";
import { codeOf, gene, geneCell } from "../genome.js";
import { problemLine } from "./fields.js";
import { get, resolve, set } from "./schema.js";

/** @typedef {import("../genome.js").Layer} Layer */
/** @typedef {{name: string, channels: number, height: number, width: number}} Row */

const AT = ["network", "macro", "layers"];
const KINDS = { search: "searched", max_pool: "max-pool", avg_pool: "avg-pool" };
const ICONS = { left: "M10 3 5 8l5 5", right: "m6 3 5 5-5 5", remove: "m4 4 8 8m0-8-8 8" };

export class Layers {
  #drawn = "";
  #focus = "";

  /** @param {import("./fields.js").Fields} fields @param {(next: any) => void} change */
  constructor(fields, change) {
    this.fields = fields;
    this.change = change;
    const { schema } = fields;
    const network = resolve(schema, schema.properties?.network ?? {}).schema;
    /** @type {string[]} */
    this.blocks = resolve(schema, network.properties?.candidates ?? {}).schema.items?.enum ?? [];
  }

  /** Draw the config; what is in place stays, so that typing in a card is never interrupted. @param {any} config */
  show(config) {
    this.config = config;
    const layers = /** @type {Layer[]} */ (config.network.macro.layers);
    const structure = JSON.stringify([config.network.candidates, layers.map(({ channels: _, ...rest }) => rest)]);
    if (structure !== this.#drawn) {
      this.#drawn = structure;
      this.#draw(layers);
    }
    setText(byId("stem-words"), `conv 3×3, ${config.network.macro.stem_channels} channels`);
    setText(byId("output-words"), `${config.network.macro.votes_per_class} votes a class`);
  }

  /** Write under every card what flows out of it. @param {Row[]} rows */
  showShapes(rows) {
    for (const place of byId("layers").querySelectorAll("[data-row]")) {
      const row = rows.find(({ name }) => name === /** @type {HTMLElement} */ (place).dataset.row);
      const flat = row && row.height * row.width === 1;
      setText(place, row ? (flat ? `${row.channels}` : `${row.channels}×${row.height}×${row.width}`) : "");
    }
  }

  /** @param {Layer[]} layers */
  #draw(layers) {
    const active = document.activeElement;
    const focus = this.#focus || (active instanceof HTMLElement ? active.dataset.focus ?? "" : "");
    this.#focus = "";
    this.fields.forget(AT.join("."));
    byId("candidates").replaceChildren(
      h("h3", {}, "Candidate blocks"),
      this.#chips(["network", "candidates"], "Candidate blocks of every searched layer"),
      h("p", { class: "hint" }, "S skip, C spiking convolution, R residual (its arc is the shortcut), I inverted bottleneck, D the same with a depth-wise convolution (ours); the digit is the kernel. The paper searches S, C3, C5, R3, R5."),
      problemLine("network.candidates"),
    );
    byId("layers").replaceChildren(
      h("h3", {}, "Layers"),
      h("ol", { class: "cards" }, fixedCard("stem", "Stem"), ...layers.map((layer, i) => this.#card(layer, i, layers.length)), fixedCard("output", "Output")),
      h("div", { class: "add" }, this.#adder("search", "Add a searched layer"), this.#adder("max_pool", "Add a max-pool")),
      problemLine("network.macro.layers"),
    );
    if (focus) this.#restore(focus);
  }

  /** Focus what was focused before it was drawn anew, or the next thing that can be. @param {string} focus */
  #restore(focus) {
    const found = /** @type {HTMLButtonElement | null} */ (document.querySelector(`[data-focus="${focus}"]`));
    if (found && !found.disabled) found.focus();
    else /** @type {HTMLElement | null} */ (found?.parentElement?.querySelector("button:enabled") ?? document.querySelector(".add button"))?.focus();
  }

  /** @param {(string | number)[]} path @param {string} label */
  #chips(path, label) {
    const chosen = /** @type {string[]} */ (get(this.config, path));
    const chips = this.blocks.map((name) => {
      const on = chosen.includes(name);
      const code = codeOf(name);
      const chip = h("button", { type: "button", class: "chip", "aria-pressed": String(on), title: name, "data-block": name, "data-focus": `${path.join(".")}/${code}` }, geneCell(document, gene(code)));
      chip.addEventListener("click", () => {
        const next = this.blocks.filter((block) => (block === name ? !on : chosen.includes(block)));
        this.change(set(this.config, path, next));
      });
      return chip;
    });
    return h("div", { class: "chips", role: "group", "aria-label": label }, ...chips);
  }

  /** @param {"search" | "max_pool"} kind @param {string} label */
  #adder(kind, label) {
    const button = h("button", { type: "button", "data-focus": `add-${kind}` }, label);
    button.addEventListener("click", () => {
      const { layers, stem_channels } = this.config.network.macro;
      const widest = layers.findLast((/** @type {Layer} */ layer) => layer.channels)?.channels ?? stem_channels;
      this.#replace([...layers, ofKind(kind, kind === "search" ? widest : null)]);
    });
    return button;
  }

  /** @param {Layer[]} layers @param {string} [focus] */
  #replace(layers, focus = "") {
    this.#focus = focus;
    this.change(set(this.config, AT, layers));
  }

  /** @param {Layer} layer @param {number} i @param {number} count */
  #card(layer, i, count) {
    const id = [...AT, i].join(".");
    const name = `Layer ${i + 1}`;
    const parts = layer.kind === "search" ? this.#searched(layer, i) : [];
    return h(
      "li",
      { class: `card ${layer.kind}` },
      h("b", {}, String(i + 1)),
      this.#select(i, "kind", KINDS, layer.kind, (kind) => ofKind(/** @type {Layer["kind"]} */ (kind), kind === "search" ? layer.channels ?? this.config.network.macro.stem_channels : null)),
      ...parts,
      h("span", { class: "shape mono small", "data-row": String(i + 1), title: "channels × height × width that leave this layer" }),
      this.#tools(i, count, name),
      problemLine(id),
    );
  }

  /** Channels, stride and own blocks of a searched layer. @param {Layer} layer @param {number} i */
  #searched(layer, i) {
    const path = [...AT, i, "channels"];
    const channels = /** @type {HTMLInputElement} */ (h("input", { id: path.join("."), value: layer.channels ?? "", inputmode: "numeric", autocomplete: "off", "aria-label": `Layer ${i + 1}: channels`, "data-focus": `channels${i}` }));
    this.fields.bind(path, { schema: { type: "integer" }, optional: true, description: "" }, channels);
    const own = h("button", { type: "button", class: "quiet", "data-focus": `own${i}` }, layer.candidates ? "common blocks" : "own blocks");
    own.title = layer.candidates ? "Choose among the common candidate blocks again" : "Choose among other candidate blocks in this layer";
    own.addEventListener("click", () => this.#edit(i, { ...layer, candidates: layer.candidates ? null : [...this.config.network.candidates] }));
    const stride = this.#select(i, "stride", { 1: "stride 1", 2: "stride 2" }, String(layer.stride), (value) => ({ ...this.#layer(i), stride: Number(value) }));
    const parts = [h("label", { class: "inline" }, channels, "ch"), stride, own];
    return layer.candidates ? [...parts, this.#chips([...AT, i, "candidates"], `Candidate blocks of layer ${i + 1}`)] : parts;
  }

  /** The layer as it is now: its channels may have been typed since the card was drawn. @param {number} i @returns {Layer} */
  #layer(i) {
    return this.config.network.macro.layers[i];
  }

  /** @param {number} i @param {Layer} layer */
  #edit(i, layer) {
    this.change(set(this.config, [...AT, i], { ...layer, channels: layer.kind === "search" ? layer.channels : null }));
  }

  /**
   * @param {number} i @param {string} key @param {Record<string, string>} options @param {string} value
   * @param {(value: string) => Layer} made
   */
  #select(i, key, options, value, made) {
    const select = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": `Layer ${i + 1}: ${key}`, "data-focus": `${key}${i}` }, ...Object.entries(options).map(([v, words]) => h("option", { value: v, selected: v === value }, words))));
    select.addEventListener("change", () => this.#edit(i, made(select.value)));
    return select;
  }

  /** @param {number} i @param {number} count @param {string} name */
  #tools(i, count, name) {
    const layers = () => [.../** @type {Layer[]} */ (this.config.network.macro.layers)];
    const move = (/** @type {number} */ to, /** @type {string} */ tool) => {
      const next = layers();
      next.splice(to, 0, ...next.splice(i, 1));
      this.#replace(next, `${tool}${to}`);
    };
    return h(
      "div",
      { class: "tools-row" },
      tool("left", `Move ${name.toLowerCase()} left`, i, i === 0, () => move(i - 1, "left")),
      tool("right", `Move ${name.toLowerCase()} right`, i, i === count - 1, () => move(i + 1, "right")),
      tool("remove", `Remove ${name.toLowerCase()}`, i, count === 1, () => this.#replace(layers().filter((_, k) => k !== i), `remove${Math.min(i, count - 2)}`)),
    );
  }
}

/** @param {Layer["kind"]} kind @param {number | null} channels @returns {Layer} */
function ofKind(kind, channels) {
  return { kind, channels, stride: kind === "search" ? 1 : 2, candidates: null };
}

/** @param {"stem" | "output"} name @param {string} title */
function fixedCard(name, title) {
  return h("li", { class: "card fixed" }, h("b", {}, title), h("span", { class: "small muted", id: `${name}-words` }), h("span", { class: "shape mono small", "data-row": name }));
}

/** @param {keyof typeof ICONS} icon @param {string} label @param {number} i @param {boolean} disabled @param {() => void} run */
function tool(icon, label, i, disabled, run) {
  const button = h("button", { type: "button", class: "quiet icon", "aria-label": label, title: label, disabled, "data-focus": `${icon}${i}` });
  button.innerHTML = `<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[icon]}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>`;
  button.addEventListener("click", run);
  return button;
}
