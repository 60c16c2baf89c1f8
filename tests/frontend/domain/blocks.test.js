// Blocks as the server describes them; a block that nobody knows here is drawn all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { FACTS } from "../facts.js";
import { blockOf, codeOf, describe, elementsOf, facts, isBlock, legend } from "../../../frontend/domain/blocks.js";
import { geneCell, strip } from "../../../frontend/domain/genome.js";

const { document } = new JSDOM("").window;

test("codes and names name the same block", () => {
  for (const code of ["S", "C3", "C5", "R3", "R7", "I3x1", "I5x6", "D3x6"]) assert.equal(codeOf(blockOf(code).name), code);
  assert.deepEqual(Object.keys(facts().neurons), ["plif", "lif", "if", "relu"]);
});

test("a block is drawn by its family's colour, outline and arc, and by its kernel", () => {
  const drawn = (code) => {
    const { dataset, style } = geneCell(document, blockOf(code));
    return [style.getPropertyValue("--gene"), dataset.outline, "arc" in dataset, "plain" in dataset, "long" in dataset, dataset.kernel];
  };
  assert.deepEqual(drawn("S"), ["", "dashed", false, true, false, "1"]);
  assert.deepEqual(drawn("R5"), ["oklch(0.79 0.13 65)", "solid", true, false, false, "5"]);
  assert.deepEqual(drawn("D3x6"), ["oklch(0.87 0.07 310)", "dotted", false, false, true, "3"]);
});

test("a block of a family that is not known here is drawn with its code, dotted and without a colour", () => {
  const layers = ["search", "search"].map((kind) => ({ kind, channels: 8, stride: 1, candidates: null }));
  const cells = [...strip(document, "R5-Q9", layers).children];
  assert.deepEqual(cells.map((cell) => cell.textContent), ["R5", "Q9"]);
  assert.deepEqual([cells[1].dataset.family, cells[1].dataset.outline, cells[1].title], ["unknown", "dotted", "Q9"]);
  assert.equal(codeOf("Mine_k3"), "Mine_k3");
  assert.ok(isBlock("Mine_k3"));
  assert.ok(!isBlock("max_pool"));
});

test("a family registered on the server is drawn as it says", () => {
  const own = { name: "Mine_k3", code: "M3", family: "mine", kernel: 3, fill: "#aaddaa", outline: "solid", arc: true };
  describe({ ...FACTS, families: [...FACTS.families, { name: "mine", letter: "M", label: "of one's own" }], blocks: [...FACTS.blocks, own] });
  assert.equal(codeOf("Mine_k3"), "M3");
  assert.equal(geneCell(document, blockOf("M3")).style.getPropertyValue("--gene"), "#aaddaa");
  assert.match(legend(), /^S skip · C spiking convolution · .* · M of one's own$/);
  describe(FACTS);
});

test("counted outputs are chosen by the code of each searched layer; of an unknown block nobody knows them", () => {
  const elements = [64, { S: 0, C3: 128 }, 32, { S: 0, C3: 256 }, 100];
  assert.deepEqual(elementsOf(elements, "C3-S"), [64, 128, 32, 0, 100]);
  assert.deepEqual(elementsOf(elements, "Q9-C3"), [64, undefined, 32, 256, 100]);
});
