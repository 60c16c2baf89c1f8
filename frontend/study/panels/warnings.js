// What makes the study's results worth little: above all tabs, from the server's summary, drawn anew where that changed.

import { differs, fold, h } from "../../lib/dom.js";

/** @typedef {import("../../wire/events.js").ResultWarning} ResultWarning */

/** @param {HTMLElement} section hidden while there is nothing to say @param {ResultWarning[]} warnings */
export function renderWarnings(section, warnings) {
  if (!differs(section, JSON.stringify(warnings))) return;
  section.hidden = warnings.length === 0;
  section.querySelector("ul")?.replaceChildren(...warnings.map((one) => item(section, one)));
}

/** Titles of the warnings that were not there before. @param {ResultWarning[]} before @param {ResultWarning[]} now */
export function newTitles(before, now) {
  const known = new Set(before.map((one) => one.code));
  return now.filter((one) => !known.has(one.code)).map((one) => parts(one.message).title);
}

/** @param {HTMLElement} section @param {ResultWarning} warning */
function item(section, { code, message, advice }) {
  const { title, rest } = parts(message);
  const advised = h("p", {}, advice);
  return h("li", {}, h("p", {}, h("b", {}, `${title}:`), ` ${rest}`), fold(section, code, "What to try", advised));
}

/** A message is a title, a colon and what is the matter. @param {string} message */
function parts(message) {
  const at = message.indexOf(": ");
  return { title: message.slice(0, at), rest: message.slice(at + 2) };
}
