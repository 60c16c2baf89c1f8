// Fields made from the schema: their input, hint, bounds and error line, kept equal to the config.

import { h, setText } from "../dom.js";
import { get, parse, resolve } from "./schema.js";
import { choice, hint, label } from "./words.js";

/** @typedef {import("./schema.js").Field} Field */
/** @typedef {import("./schema.js").Schema} Schema */
/** @typedef {(path: (string | number)[], value: unknown) => void} OnEdit */
/** @typedef {{path: (string | number)[], input: HTMLInputElement | HTMLSelectElement}} Bound */

export class Fields {
  /** @type {Map<string, Bound>} by id: the path with dots */
  #bound = new Map();

  /** @param {Schema} schema @param {OnEdit} onEdit */
  constructor(schema, onEdit) {
    this.schema = schema;
    this.onEdit = onEdit;
  }

  /** The fields below `path`, or those of them that `only` names. @param {string[]} path @param {string[]} [only] */
  below(path, only) {
    const parent = path.reduce((s, key) => resolve(this.schema, s.properties?.[key] ?? {}).schema, this.schema);
    return Object.entries(parent.properties ?? {}).flatMap(([key, property]) => {
      const field = resolve(this.schema, property);
      const plain = !field.schema.properties && field.schema.type !== "array";
      return plain && (!only || only.includes(key)) ? [this.#field([...path, key], field)] : [];
    });
  }

  /** Tie an input to a place of the config. @param {(string | number)[]} path @param {Field} field @param {Bound["input"]} input */
  bind(path, field, input) {
    const box = input.type === "checkbox";
    this.#bound.set(path.join("."), { path, input });
    input.addEventListener(box || input.tagName === "SELECT" ? "change" : "input", () => {
      this.onEdit(path, box ? /** @type {HTMLInputElement} */ (input).checked : parse(field, input.value));
    });
  }

  /** Forget the inputs below a path, which are about to be made anew. @param {string} path */
  forget(path) {
    for (const id of this.#bound.keys()) if (id.startsWith(`${path}.`)) this.#bound.delete(id);
  }

  /** Show the config, and leave alone what a person is typing in. @param {any} config */
  show(config) {
    for (const { path, input } of this.#bound.values()) {
      if (input === document.activeElement) continue;
      const value = get(config, path);
      if (input.type === "checkbox") /** @type {HTMLInputElement} */ (input).checked = value === true;
      else if (input.value !== text(value)) input.value = text(value);
    }
  }

  /** @param {string[]} path @param {Field} field */
  #field(path, field) {
    const id = path.join(".");
    const name = label(path);
    const input = makeInput(id, field);
    input.setAttribute("aria-describedby", `${id}-hint ${id}-problem`);
    this.bind(path, field, input);
    return h(
      "div",
      { class: field.schema.type === "boolean" ? "field check" : "field" },
      h("label", { for: id }, name, ...(field.schema.source === "ours" ? [" ", h("span", { class: "tag", title: "goes beyond the paper; its default leaves the paper's method as it is" }, "ours")] : [])),
      input,
      h("p", { class: "hint", id: `${id}-hint` }, hint(field, name)),
      problemLine(id),
    );
  }
}

/** The line a field's error is written on. @param {string} id */
export function problemLine(id) {
  return h("p", { class: "problem", id: `${id}-problem`, hidden: true });
}

/** @param {unknown} value */
function text(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** @param {string} id @param {Field} field @returns {Bound["input"]} */
function makeInput(id, { schema, optional }) {
  if (schema.enum) {
    const options = schema.enum.map((value) => h("option", { value }, choice(value)));
    return /** @type {HTMLSelectElement} */ (h("select", { id }, ...options));
  }
  if (schema.type === "boolean") return /** @type {HTMLInputElement} */ (h("input", { id, type: "checkbox" }));
  const inputmode = schema.type === "integer" || schema.type === "number" ? "decimal" : undefined;
  const placeholder = optional ? (id.endsWith(".path") ? "the usual place" : id.endsWith("_samples") ? "all" : "empty") : undefined;
  return /** @type {HTMLInputElement} */ (h("input", { id, type: "text", inputmode, placeholder, autocomplete: "off" }));
}

/**
 * Write each problem at its field, or at what holds it. Answers those that have no place in the form.
 * @param {ParentNode} form
 * @param {{field: string, message: string}[]} problems
 */
export function showProblems(form, problems) {
  for (const line of form.querySelectorAll(".problem[id]")) /** @type {HTMLElement} */ (line).hidden = true;
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  return problems.filter(({ field, message }) => {
    const line = nearest(field);
    if (!line) return true;
    setText(line, line.hidden ? message : `${line.textContent}; ${message}`);
    line.hidden = false;
    document.getElementById(field)?.setAttribute("aria-invalid", "true");
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
