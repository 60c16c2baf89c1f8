// Before the first generation: sentences where there are no numbers yet.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { makeFrame } from "../../../frontend/study/frame.js";
import { parse } from "../../../frontend/study/view.js";
import { winnerWords } from "../../../frontend/study/panels/lambda.js";
import { describeOrigin } from "../../../frontend/study/panels/population.js";
import { renderQuality } from "../../../frontend/study/panels/quality.js";
import { CONFIG, candidate, upTo } from "../recorded.js";

const template = readFileSync(new URL("../../../webapp/templates/studies/detail.html", import.meta.url), "utf8");
const early = upTo("supernet_finished");
const frame = makeFrame(early, parse(new URLSearchParams()), CONFIG.search);

beforeEach(() => {
  globalThis.document = new JSDOM(`<body>${template}</body>`).window.document;
});

test("how the search gets on is a sentence, and charts with the first generation", () => {
  const place = /** @type {HTMLElement} */ (document.getElementById("quality"));
  renderQuality(place, early, frame);
  assert.equal(place.textContent, "Fitness and hypervolume appear with the first generation.");
  const first = upTo("generation_finished");
  renderQuality(place, first, makeFrame(first, parse(new URLSearchParams()), CONFIG.search));
  assert.equal(place.querySelectorAll("figure").length, 2);
  assert.doesNotMatch(place.innerHTML, /NaN|Infinity|undefined/);
});

test("there is no winner yet", () => {
  assert.equal(winnerWords(frame, []), "The winner appears with the first generation.");
});

test("a comma stays with the number before it", () => {
  const [, parent, layer] = describeOrigin(candidate(7, { origin: "mutation", parents: [3], changed: [1] }));
  assert.equal(/** @type {HTMLElement} */ (parent).className, "together");
  assert.equal(/** @type {HTMLElement} */ (parent).textContent, "3,");
  assert.equal(layer, " searched layer 2 ");
});
