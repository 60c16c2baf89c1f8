// What differs from what the form began with, line by line, each with a button that puts it back.

import { byId, h } from "../lib/dom.js";
import { changes, inWords, putBack } from "./diff.js";
import { place } from "./words.js";

/** @typedef {{title: string, url: string | null, config: any}} Origin */

const SHOWN = 30;

/** @param {Origin} origin @param {any} config @param {(next: any) => void} change */
export function showChanges(origin, config, change) {
  const found = changes(origin.config, config);
  const name = origin.url ? h("a", { href: origin.url }, origin.title) : h("b", {}, origin.title);
  const lines = found.slice(0, SHOWN).map((one) => {
    const where = place(one.path);
    const back = h("button", { type: "button", class: "quiet", "aria-label": `Revert: ${where}`, "data-focus": `back-${one.path.join(".")}` }, "Revert");
    back.addEventListener("click", () => change(putBack(config, one)));
    return h("li", {}, h("span", { class: "muted" }, where), h("span", { class: "what" }, inWords(one)), back);
  });
  const all = h("button", { type: "button" }, "Revert all");
  all.addEventListener("click", () => change(origin.config));
  byId("changes").replaceChildren(
    h("h2", {}, "Compared with ", name, h("span", { class: "tag" }, found.length === 1 ? "1 change" : `${found.length} changes`)),
    ...(found.length ? [h("ul", {}, ...lines)] : [h("p", { class: "hint" }, origin.url ? "An unchanged clone: the same config and seed give the same study." : "No changes yet.")]),
    ...(found.length > SHOWN ? [h("p", { class: "hint" }, `and ${found.length - SHOWN} more`)] : []),
    ...(found.length > 1 ? [all] : []),
  );
}
