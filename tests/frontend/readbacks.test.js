// No decision is read back from what was drawn: every read of an element's state is of the kinds below, or fails here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readbacks } from "./readbacks.js";

/** By kind, the expressions that read an element, and why no drawing can make them wrong. A read in a listener of its own element needs no entry. */
const ALLOWED = {
  "a field of a form, in which only a person writes, or a drawing while nobody does": [
    "citation.input.value", "field.value", "fraction.value", "input.value", "kept.value", "kind.value", "licence.input.value", "path.value", "search.value", "seed.value",
    "seeds.valueAsNumber", 'shared.checked', '(byId("shared")).checked', "this.by.input.value", "this.json.value", "this.lambdas.value", "this.name.value", "this.retrain.checked", "this.sample.input.value", "this.search.value", "this.seeds.value",
    "this.size.input.value", "this.speed.input.value", "this.steps.input.value", "title.value", "wanted.value",
  ],
  "written only where it differs": ["element.textContent", "field.value", "input.value", "this.json.value"],
  "which element it is, not how it stands": ["active.dataset.focus", "box.value", "element.getAttribute", "element.textContent", "input.value", "button.textContent"],
  "the browser's own, which a person changes without us: what is open, can be focused, has a place on the page": ["menu.open", "this.details.open", "found.disabled", "plot.offsetParent"],
};
const allowed = new Set(Object.values(ALLOWED).flat());
const found = readbacks();

test("a state is read from the view or the events, never from an element that shows it", () => {
  const strange = found.filter(({ text }) => !allowed.has(text)).map(({ file, line, text }) => `${file}:${line} reads ${text}`);
  assert.deepEqual(strange, [], "keep the state beside the page (see differs and fold in dom.js), or say here why it may be read");
});

test("what is allowed is used", () => {
  const used = new Set(found.map(({ text }) => text));
  assert.deepEqual([...allowed].filter((text) => !used.has(text)), []);
});
