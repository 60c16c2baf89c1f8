// A few training images as stored, and what each augmentation makes of them.

import { h } from "../lib/dom.js";

/** @typedef {import("./types.js").Detail} Detail */

const KINDS = [
  ["crop_flip", "crop and flip (the paper's): padded by 4, cut at random, half of them mirrored"],
  ["shift", "shift: by up to an eighth of the side"],
  ["none", "none"],
];

/** @param {HTMLElement} controls @param {HTMLElement} place @param {Detail} dataset */
export function drawAugmentation(controls, place, dataset) {
  const options = KINDS.map(([kind, words]) => h("option", { value: kind, selected: kind === dataset.augmentation }, `${words}${kind === dataset.augmentation ? "; this data set's own" : ""}`));
  const kind = /** @type {HTMLSelectElement} */ (h("select", { id: "augmentation-kind" }, ...options));
  const [, height] = dataset.report.splits.train.shape;
  const draw = () => {
    const image = h("img", { src: `/api/datasets/${dataset.id}/augmented/${kind.value}.png`, class: height < 64 ? "pixels" : "", alt: `first row as stored, the rows below after augmentation: ${kind.value.replace("_", " and ")}` });
    place.replaceChildren(h("div", { class: "augmented" }, h("div", { class: "row-names small muted", "aria-hidden": "true" }, h("span", {}, "stored"), ...[1, 2, 3, 4].map((draw) => h("span", {}, `draw ${draw}`))), image));
  };
  kind.addEventListener("change", draw);
  controls.replaceChildren(h("label", {}, "Kind ", kind));
  draw();
}
