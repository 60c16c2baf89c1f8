// Genomes one under another, a column a layer; what differs from the first is marked by a bar and a word.

import { h } from "../lib/dom.js";
import { exact, percent, short } from "../lib/format.js";
import { blockOf, codeOf, isBlock } from "../domain/blocks.js";
import { geneCell } from "../domain/genome.js";
import { align } from "./layers.js";
import { mark } from "./series.js";

/** @typedef {import("./types.js").Network} Network */

const KINDS = /** @type {Record<string, string>} */ ({ max_pool: "max-pool", avg_pool: "avg-pool", fc: "votes", gap: "GAP" });

/** @param {HTMLElement} place @param {Network[]} networks @param {string[]} names */
export function renderStrips(place, networks, names) {
  const layers = align(networks);
  const differ = layers.filter((layer) => new Set(layer.rows.map((row) => row?.block)).size > 1).map((layer) => layer.name);
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "Architecture"),
    ...layers.map(({ name }) => h("th", { scope: "col", class: differ.includes(name) ? "differs" : "" }, name)),
    ...["Accuracy", "Spikes", "Parameters", "Measured on"].map((name, i) => h("th", { scope: "col", class: i < 3 ? "number" : "" }, name)),
  );
  const body = networks.map((network, i) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, mark(i), " ", h("a", { href: `/studies/${network.study}/archs/${network.architecture}` }, names[i])),
      ...layers.map(({ rows }) => h("td", {}, block(rows[i]?.block ?? "", i > 0 && rows[i]?.block !== rows[0]?.block))),
      h("td", { class: "number" }, percent(network.accuracy)),
      h("td", { class: "number", title: exact(network.spikes) }, short(network.spikes)),
      h("td", { class: "number", title: exact(network.parameters) }, short(network.parameters)),
      h("td", {}, h("span", { class: "tag" }, network.tag)),
    ),
  );
  const words = networks.length < 2 ? "Add a second architecture to see the differences." : differ.length ? `They differ in layer ${differ.join(", ")}; a bar marks a difference from the first.` : "They are the same in every layer.";
  const table = h("table", { class: "strips" }, h("thead", {}, head), h("tbody", {}, ...body));
  place.replaceChildren(h("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": "Table of genomes" }, table), h("p", { class: "small muted" }, words));
}

/** @param {string} name @param {boolean} differs */
function block(name, differs) {
  if (!name) return h("span", { class: "muted" }, "–");
  if (isBlock(name)) {
    const cell = geneCell(document, blockOf(codeOf(name)), differs);
    cell.title = differs ? `${name}, differs from the first` : name;
    return cell;
  }
  return h("span", { class: "small muted" }, KINDS[name] ?? name);
}
