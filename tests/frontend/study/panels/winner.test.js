// The winner's panel: what lies in the zip beside the network, and whose samples these are.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { kept } from "../../../../frontend/study/panels/winner.js";

const summary = (dataset, downloads) => ({ config: { data: { dataset } }, downloads });
const words = (found) => found.map((element) => element.textContent).join("\n");

beforeEach(() => {
  globalThis.document = new JSDOM("").window.document;
});

test("samples of one's own data set are told as such", () => {
  assert.match(words(kept(summary("images", { code: true, samples: true }))), /up to 32 test samples of your own data set: pass it on only/);
  assert.doesNotMatch(words(kept(summary("digits", { code: true, samples: true }))), /own/);
});

test("the commands of model.py stand there where the zip has one", () => {
  assert.match(words(kept(summary("digits", { code: true, samples: true }))), /python model\.py IMAGES\npython model\.py --check$/);
  assert.doesNotMatch(words(kept(summary("digits", { code: false, samples: true }))), /model\.py/);
});

test("of a package of before there is nothing to tell", () => {
  assert.deepEqual(kept(summary("images", { code: false, samples: false })), []);
});
