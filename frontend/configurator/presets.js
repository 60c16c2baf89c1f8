// The presets: configs to start from, each with the time it takes on this server.

import { h } from "../lib/dom.js";
import { butName, roughly } from "./words.js";

/** @typedef {{key: string, title: string, summary: string, paper: boolean, scaled: boolean, seconds: number | null, config: any}} Preset */

/** @param {HTMLElement} place @param {Preset[]} presets @param {(preset: Preset) => void} pick */
export function drawPresets(place, presets, pick) {
  const row = (/** @type {string} */ name, /** @type {Preset[]} */ some) => h("div", { class: "preset-row", role: "group", "aria-label": name }, ...some.map((preset) => card(preset, pick)));
  const group = (/** @type {string} */ name, /** @type {string} */ words, /** @type {Preset[]} */ some) =>
    h("section", {}, h("h2", {}, name, h("span", { class: "hint" }, words)), row(name, some));
  const [small, scaled, paper] = [presets.filter((preset) => !preset.paper && !preset.scaled), presets.filter((preset) => preset.scaled), presets.filter((preset) => preset.paper)];
  place.replaceChildren(
    row("On this machine", small),
    h(
      "details",
      { class: "more" },
      h("summary", {}, `The paper's studies: ${scaled.length} scaled to two cores, ${paper.length} in full`),
      group("Scaled to two cores", "1,500 images, T = 4: effects, not accuracies", scaled),
      group("In full", "600 epochs, T = 8; scale epochs and samples down first", paper),
    ),
  );
}

/** @param {Preset} preset @param {(preset: Preset) => void} pick */
function card(preset, pick) {
  const time = preset.seconds === null ? "" : `≈ ${roughly(preset.seconds)}`;
  const small = preset.paper || preset.scaled;
  const made = h(
    "button",
    { type: "button", class: "preset", "data-preset": preset.key, "aria-pressed": "false", title: preset.summary },
    h("b", {}, preset.title),
    ...(small ? [] : [h("span", { class: "small" }, preset.summary)]),
    ...(time ? [h("span", { class: "small time", title: "expected on this server" }, time)] : []),
  );
  made.addEventListener("click", () => pick(preset));
  return made;
}

/** Which preset a config still is, but for its name. @param {Preset[]} presets @returns {(config: any) => Preset | null} */
export function recogniser(presets) {
  const known = new Map(presets.map((preset) => [butName(preset.config), preset]));
  return (config) => known.get(butName(config)) ?? null;
}

/** @param {HTMLElement} place @param {Preset | null} now */
export function markPreset(place, now) {
  for (const button of place.querySelectorAll("[data-preset]")) {
    button.setAttribute("aria-pressed", String(/** @type {HTMLElement} */ (button).dataset.preset === now?.key));
  }
}
