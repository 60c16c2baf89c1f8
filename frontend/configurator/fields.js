// Fields made from the schema: their input, hint, bounds and error line, kept equal to the config.

import { h, setText } from "../lib/dom.js";
import { get, parse, resolve } from "./schema.js";
import { choice, hint, label } from "./words.js";

/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("./schema.js").Schema} Schema */
/** @typedef {(path: (string | number)[], value: unknown) => void} OnEdit */
/** @typedef {{read: (value: any) => string, write: (text: string) => any}} Codec what an input shows of a value, and what is meant by what was typed */
/** @typedef {{path: (string | number)[], input: HTMLInputElement | HTMLSelectElement, codec: Codec}} Bound */

export class Fields {
  /** @type {Map<string, Bound>} by id: the path with dots */
  #bound = new Map();

  /** @param {Schema} schema @param {OnEdit} onEdit */
  constructor(schema, onEdit) {
    this.schema = schema;
    this.onEdit = onEdit;
  }

  /** The ids of the plain fields below a parent. @param {string} parent "network.neuron" */
  below(parent) {
    return Object.entries(this.#find(parent).schema.properties ?? {}).flatMap(([key, property]) => {
      const { schema } = resolve(this.schema, property);
      return schema.properties || schema.type === "array" ? [] : [`${parent}.${key}`];
    });
  }

  /** The blocks a list of candidates may hold. @returns {string[]} */
  get blocks() {
    return this.#find("network.candidates").schema.items?.enum ?? [];
  }

  /** Whether a field is as the schema has it. @param {string} id @param {any} config */
  isDefault(id, config) {
    const usual = this.#find(id).schema.default;
    const value = get(config, id.split("."));
    return usual === undefined ? value === null || value === undefined : value === usual || value === undefined;
  }

  /** A field with its label, hint and error line. @param {string} id @param {{bare?: boolean}} options bare = its hint only to screen readers and pointers */
  make(id, { bare = false } = {}) {
    const path = id.split(".");
    const field = this.#find(id);
    const name = label(path);
    const input = makeInput(id, field);
    const words = hint(field, name);
    input.setAttribute("aria-describedby", `${id}-hint ${id}-problem`);
    if (bare) input.title = words;
    this.bind(path, input, codecOf(field));
    return h(
      "div",
      { class: field.schema.type === "boolean" ? "field check" : "field" },
      h("label", { for: id }, name, ...(field.schema.source === "ours" ? [" ", h("span", { class: "tag", title: "goes beyond the paper; its default leaves the paper's method as it is" }, "ours")] : [])),
      input,
      h("p", { class: bare ? "visually-hidden" : "hint", id: `${id}-hint` }, words),
      problemLine(id),
    );
  }

  /** Tie an input to a place of the config. @param {(string | number)[]} path @param {Bound["input"]} input @param {Codec} codec */
  bind(path, input, codec) {
    const box = input.type === "checkbox";
    this.#bound.set(path.join("."), { path, input, codec });
    input.addEventListener(box || input.tagName === "SELECT" ? "change" : "input", () => {
      this.onEdit(path, box ? /** @type {HTMLInputElement} */ (input).checked : codec.write(input.value));
    });
  }

  /** Forget the inputs below a path, which are about to be made anew. @param {string} path */
  forget(path) {
    for (const id of this.#bound.keys()) if (id.startsWith(`${path}.`)) this.#bound.delete(id);
  }

  /** Show the config, and leave alone what a person is typing in. @param {any} config @param {boolean} [all] also what is focused: after undo, nobody is typing */
  show(config, all = false) {
    for (const { path, input, codec } of this.#bound.values()) {
      if (input === document.activeElement && !all) continue;
      const value = get(config, path);
      if (input.type === "checkbox") /** @type {HTMLInputElement} */ (input).checked = value === true;
      else if (input.value !== codec.read(value)) input.value = codec.read(value);
    }
  }

  /** A field with references resolved. Its own default and mark stand on the property, not on what it refers to. @param {string} id @returns {Field} */
  #find(id) {
    /** @type {Field} */
    let field = { schema: this.schema, optional: false, description: "" };
    for (const key of id.split(".")) {
      const property = field.schema.properties?.[key] ?? {};
      const found = resolve(this.schema, property);
      const { default: usual, source } = property;
      field = { ...found, schema: { ...found.schema, ...(usual === undefined ? {} : { default: usual }), ...(source ? { source } : {}) } };
    }
    return field;
  }
}

/** The line a field's error is written on. @param {string} id */
export function problemLine(id) {
  return h("p", { class: "problem", id: `${id}-problem`, "data-field": id, hidden: true });
}

/** A number, a text or a choice, as the schema has it; what a config leaves out is the default. @param {Field} field @returns {Codec} */
export function codecOf(field) {
  return { read: (value) => text(value === undefined ? field.schema.default : value), write: (typed) => parse(field, typed) };
}

/** @param {unknown} value */
function text(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** @param {string} id @param {Field} field @returns {Bound["input"]} */
function makeInput(id, { schema, optional }) {
  if (schema.enum) {
    const none = optional ? [h("option", { value: "" }, id.endsWith("augmentation") ? "the data set's own" : "as in the data set")] : [];
    const options = schema.enum.map((value) => h("option", { value }, choice(value)));
    return /** @type {HTMLSelectElement} */ (h("select", { id }, ...none, ...options));
  }
  if (schema.type === "boolean") return /** @type {HTMLInputElement} */ (h("input", { id, type: "checkbox" }));
  const inputmode = schema.type === "integer" || schema.type === "number" ? "decimal" : undefined;
  const placeholder = optional ? (id.endsWith(".path") ? "default" : id.endsWith("_samples") ? "all" : "empty") : undefined;
  return /** @type {HTMLInputElement} */ (h("input", { id, type: "text", inputmode, placeholder, autocomplete: "off" }));
}

/**
 * Write each problem at its field, or at what holds it, and open what hides it. Answers those without a place on the page.
 * @param {{field: string, message: string}[]} problems
 */
export function showProblems(problems) {
  for (const line of document.querySelectorAll("[data-field]")) /** @type {HTMLElement} */ (line).hidden = true;
  for (const input of document.querySelectorAll("[data-wrong]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("data-wrong");
  }
  /** @type {Map<HTMLElement, string[]>} */
  const said = new Map();
  return problems.filter(({ field, message }) => {
    const line = nearest(field);
    if (!line) return true;
    said.set(line, [...(said.get(line) ?? []), message]);
    setText(line, said.get(line)?.join("; ") ?? "");
    line.hidden = false;
    for (let place = line.closest("details"); place; place = place.parentElement?.closest("details") ?? null) place.open = true;
    const input = document.getElementById(field);
    input?.setAttribute("aria-invalid", "true");
    input?.setAttribute("data-wrong", "");
    return false;
  });
}

/** The error line of a field or of what holds it. @param {string} field */
export function nearest(field) {
  const parts = field.split(".");
  while (parts.length) {
    const line = document.getElementById(`${parts.join(".")}-problem`);
    if (line) return line;
    parts.pop();
  }
  return null;
}
