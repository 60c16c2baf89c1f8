// The warnings of a study: shown as they come, hidden without any, and left as a person has opened them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { newTitles, renderWarnings } from "../../../../frontend/study/panels/warnings.js";

const template = readFileSync(new URL("../../../../webapp/templates/studies/detail.html", import.meta.url), "utf8");
const SILENT = { code: "silent", message: "Silent network: N = 0, for <b>the supernet</b>.", advice: "Try: lower the threshold." };
const CHANCE = { code: "chance", message: "Accuracy at chance level: 10.00% on 40 samples.", advice: "Try: more epochs." };
/** @type {HTMLElement} */
let section;

beforeEach(() => {
  globalThis.document = new JSDOM(`<body>${template}</body>`).window.document;
  section = /** @type {HTMLElement} */ (document.getElementById("warnings"));
});

test("nothing is the matter, and nothing is shown", () => {
  renderWarnings(section, []);
  assert.equal(section.hidden, true);
  assert.equal(section.querySelectorAll("li").length, 0);
});

test("each warning has a title, its words as text, and what to try", () => {
  renderWarnings(section, [SILENT, CHANCE]);
  assert.equal(section.hidden, false);
  const [first, second] = section.querySelectorAll("li");
  assert.equal(first.querySelector("p > b").textContent, "Silent network:");
  assert.match(first.textContent, /N = 0, for <b>the supernet<\/b>\./);
  assert.equal(second.querySelector("details summary").textContent, "What to try");
  assert.match(second.querySelector("details").textContent, /Try: more epochs\./);
});

test("what a person opened stays open when another warning comes, and is not touched by the same", () => {
  renderWarnings(section, [SILENT]);
  const details = section.querySelector("details");
  details.open = true;
  renderWarnings(section, [SILENT]);
  assert.equal(section.querySelector("details"), details);
  renderWarnings(section, [SILENT, CHANCE]);
  assert.deepEqual([...section.querySelectorAll("details")].map((one) => one.open), [true, false]);
});

test("a retry that heals takes them away", () => {
  renderWarnings(section, [SILENT]);
  renderWarnings(section, []);
  assert.equal(section.hidden, true);
});

test("new ones are named once for those who cannot see them come", () => {
  assert.deepEqual(newTitles([], [SILENT, CHANCE]), ["Silent network", "Accuracy at chance level"]);
  assert.deepEqual(newTitles([SILENT], [SILENT, CHANCE]), ["Accuracy at chance level"]);
  assert.deepEqual(newTitles([SILENT], [{ ...SILENT, message: "Silent network: two of them." }]), []);
});
