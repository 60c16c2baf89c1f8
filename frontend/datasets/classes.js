// Every class with its counts in both splits, and a few of its training images.

import { h } from "../lib/dom.js";
import { exact } from "../lib/format.js";

/** @typedef {import("./types.js").Detail} Detail */

/** @param {HTMLElement} place @param {Detail} dataset */
export function drawClasses(place, dataset) {
  const { report } = dataset;
  const { train, test } = report.splits;
  const most = Math.max(...train.class_counts, ...test.class_counts, 1);
  const images = report.kind === "images";
  const rows = report.classes.map((name, label) =>
    h("tr", {},
      h("th", { scope: "row" }, name),
      h("td", { class: "counts" }, countBar(train.class_counts[label], most, "bar-train"), countBar(test.class_counts[label], most, "bar-test")),
      h("td", { class: "number" }, exact(train.class_counts[label])),
      h("td", { class: "number" }, exact(test.class_counts[label])),
      ...(images ? [h("td", { class: "samples" }, samples(dataset, name, label))] : []),
    ),
  );
  const head = h("tr", {}, h("th", { scope: "col" }, "Class"), h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Histogram")), h("th", { scope: "col", class: "number" }, "Training"), h("th", { scope: "col", class: "number" }, "Test"), ...(images ? [h("th", { scope: "col" }, "Training samples")] : []));
  place.replaceChildren(h("div", { class: "scroll-x class-list", tabindex: "0", role: "region", "aria-label": "Samples by class" }, h("table", { class: "classes" }, h("thead", {}, head), h("tbody", {}, ...rows))));
}

/** @param {number} count @param {number} most @param {string} look */
function countBar(count, most, look) {
  const line = h("span", { class: `count ${look}` });
  line.style.width = `${(100 * count) / most}%`;
  return line;
}

/** @param {Detail} dataset @param {string} name @param {number} label */
function samples(dataset, name, label) {
  const shape = dataset.report.splits.train.shape;
  const image = h("img", { src: `/api/datasets/${dataset.id}/samples/${label}.png`, alt: `training samples of ${name}`, loading: "lazy", class: shape[1] < 64 ? "pixels" : "" });
  image.addEventListener("error", () => image.replaceWith("–"));
  return image;
}
