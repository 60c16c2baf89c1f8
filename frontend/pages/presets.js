// The presets: cards to start from, the paper's studies cut to two cores in one row, its own recipes in another.

import { h } from "../dom.js";
import { sameButName } from "./words.js";

/** @typedef {{key: string, title: string, summary: string, paper: boolean, scaled: boolean, config: any}} Preset */

/** @param {HTMLElement} place @param {Preset[]} presets @param {(config: any) => void} pick */
export function drawPresets(place, presets, pick) {
  const button = (/** @type {Preset} */ preset, /** @type {string} */ kind, /** @type {HTMLElement[]} */ ...more) => {
    const made = h("button", { type: "button", class: kind, "data-preset": preset.key, "aria-pressed": "false", title: preset.summary }, h("b", {}, preset.title), ...more);
    made.addEventListener("click", () => pick(preset.config));
    return made;
  };
  const scaled = presets.filter((preset) => preset.scaled);
  const paper = presets.filter((preset) => preset.paper);
  place.replaceChildren(
    h("div", { class: "preset-row" }, ...presets.filter((preset) => !preset.paper && !preset.scaled).map((preset) => button(preset, "preset", h("span", { class: "small" }, preset.summary)))),
    h("div", { class: "paper-row", role: "group", "aria-label": "The paper's studies, cut to two cores" }, h("span", { class: "tag" }, "scaled"), ...scaled.map((preset) => button(preset, "preset-name"))),
    h("div", { class: "paper-row", role: "group", "aria-label": "The paper's recipes" }, h("span", { class: "tag" }, "paper"), ...paper.map((preset) => button(preset, "preset-name"))),
    h("p", { class: "hint" }, paper[0]?.summary ?? ""),
  );
}

/** Mark the preset that the config still is. @param {HTMLElement} place @param {Preset[]} presets @param {any} config */
export function markPreset(place, presets, config) {
  const now = presets.find((preset) => sameButName(preset.config, config))?.key;
  for (const button of place.querySelectorAll("[data-preset]")) {
    button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.preset === now));
  }
}
