// The same study as text: its JSON twin, which can be edited, and what runs it without a browser.

import { byId, h, setText } from "../lib/dom.js";
import { asJson, commandLine, program } from "./commands.js";
import { unshowable } from "./words.js";

const SAID_MS = 2000;

export class Texts {
  #config = /** @type {any} */ (null);
  #wrong = false; // whether what was typed is no document
  /** @type {Record<string, string>} what is shown and not typed, by the id of its place */ #shown = {};

  /** @param {(config: any) => void} change what to do with a document that was typed */
  constructor(change) {
    this.json = /** @type {HTMLTextAreaElement} */ (byId("json"));
    this.json.addEventListener("input", () => this.#typed(change));
    this.json.addEventListener("blur", () => this.#wrong || this.#write());
    for (const button of document.querySelectorAll("[data-copy]")) {
      const id = /** @type {HTMLElement} */ (button).dataset.copy ?? "";
      const usual = button.textContent ?? "";
      button.addEventListener("click", () => void copy(button, usual, byId(id), this.#shown[id] ?? this.json.value));
    }
    byId("save-json").addEventListener("click", () => download(asJson(this.#config)));
  }

  /** What somebody types is left alone. @param {any} config @param {number} seeds @param {string | null} preset key of the preset it still is */
  show(config, seeds, preset) {
    this.#config = config;
    this.#shown = { "cli-text": commandLine(config, seeds, preset), "python-text": program(config) };
    for (const [id, text] of Object.entries(this.#shown)) setText(byId(id), text);
    if (document.activeElement === this.json) return;
    this.#write();
    this.#complain("");
  }

  #write() {
    const text = asJson(this.#config);
    if (this.json.value !== text) this.json.value = text;
  }

  /** @param {(config: any) => void} change */
  #typed(change) {
    try {
      const found = JSON.parse(this.json.value);
      const reason = unshowable(found);
      this.#complain(reason);
      if (!reason) change(found);
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} reason */
  #complain(reason) {
    this.#wrong = reason !== "";
    setText(byId("json-problem"), reason && `${reason}. The form keeps the last document it could read.`);
    byId("json-problem").hidden = !reason;
    this.json.setAttribute("aria-invalid", String(Boolean(reason)));
  }
}

/** Where the browser allows no copying, the text is selected for the person's own Ctrl+C. @param {Element} button @param {string} usual words of it @param {HTMLElement} source @param {string} text of the source */
async function copy(button, usual, source, text) {
  try {
    await navigator.clipboard.writeText(text);
    setText(button, "Copied");
  } catch {
    getSelection()?.selectAllChildren(source);
    setText(button, "Selected, press Ctrl+C");
  }
  setTimeout(() => setText(button, usual), SAID_MS);
}

/** @param {string} text */
function download(text) {
  const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "application/json" }));
  h("a", { href: url, download: "study.json" }).click();
  URL.revokeObjectURL(url);
}
