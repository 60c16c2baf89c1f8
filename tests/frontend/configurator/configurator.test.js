// The configurator's pure parts: history, exact counts, edits of the space, differences, texts to run elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../facts.js";
import { asJson, commandLine, program } from "../../../frontend/configurator/commands.js";
import { changes, inWords, putBack } from "../../../frontend/configurator/diff.js";
import { History } from "../../../frontend/configurator/history.js";
import { addLayer, budget, duplicateLayer, layersOf, log10, moveLayer, presence, removeLayer, setKind, share, spaceSize, toggleEverywhere, toggleInLayer, trainings } from "../../../frontend/configurator/space.js";
import { set } from "../../../frontend/configurator/schema.js";

const layer = (kind, channels = null) => ({ kind, channels, stride: kind === "search" ? 1 : 2, candidates: null });
const quick = {
  name: "Quick look", seed: 0,
  data: { dataset: "digits", path: null, augment: true },
  network: {
    macro: { stem_channels: 8, layers: [layer("search", 8), layer("max_pool"), layer("search", 16), layer("search", 16), layer("max_pool")], global_average_pooling: false },
    candidates: ["skip_connect", "SCB_k3", "SCB_k5", "SRB_k3", "SRB_k5"],
  },
  supernet: { epochs: 16, learning_rate: 0.004 },
  search: { algorithm: "evolution", generations: 8, population: 10, fitness_lambda: -0.08 },
  analysis: null,
};
const BLOCKS = ["skip_connect", "SCB_k3", "SCB_k5", "SCB_k7", "SRB_k3", "SRB_k5", "SRB_k7"];
const widths = (config) => layersOf(config).map((layer) => (layer.kind === "search" ? layer.channels : layer.kind));

test("fifty steps can be undone, and done again, to the byte", () => {
  const history = new History(quick);
  const texts = [asJson(quick)];
  for (let seed = 1; seed <= 60; seed++) {
    history.set(set(history.value, ["seed"], seed));
    texts.push(asJson(history.value));
  }
  let undone = 0;
  for (; history.canUndo; undone++) {
    assert.equal(asJson(history.value), texts[60 - undone]);
    history.undo();
  }
  assert.equal(undone, 50);
  assert.equal(asJson(history.value), texts[10]);
  for (; history.canRedo; undone--) history.redo();
  assert.equal(undone, 0);
  assert.equal(asJson(history.value), texts[60]);
});

test("typing in one field is one step, and a new edit ends what could be done again", () => {
  const history = new History(quick);
  for (const name of ["A", "AB", "ABC"]) history.set({ ...history.value, name }, "name");
  history.set(set(history.value, ["seed"], 5), "seed");
  history.undo();
  assert.equal(history.value.name, "ABC");
  history.undo();
  assert.equal(asJson(history.value), asJson(quick));
  assert.equal(history.set({ ...quick }), false);
  history.set(set(quick, ["seed"], 9));
  assert.equal(history.canRedo, false);
});

test("the size of a space is exact past what a number holds", () => {
  assert.equal(spaceSize(quick), 125n);
  let config = quick;
  for (let i = 0; i < 29; i++) config = addLayer(config, "search");
  assert.equal(spaceSize(config), 5n ** 32n);
  config = toggleInLayer(config, 0, "SCB_k3", BLOCKS);
  assert.equal(spaceSize(config), 4n * 5n ** 31n);
  assert.ok(Math.abs(log10(5n ** 32n) - 32 * Math.log10(5)) < 1e-12);
  assert.equal(log10(1000n), 3);
});

test("the size equals brute force on twenty random small spaces", () => {
  let state = 1;
  const random = (n) => (state = (state * 48271) % 2147483647) % n;
  for (let round = 0; round < 20; round++) {
    const some = () => BLOCKS.filter(() => random(2)).slice(0, 4);
    const layers = Array.from({ length: 1 + random(4) }, () => ({ kind: random(3) ? "search" : "max_pool", channels: 4, stride: 1, candidates: random(2) ? some() : null }));
    const config = { ...quick, network: { ...quick.network, candidates: some(), macro: { ...quick.network.macro, layers } } };
    let architectures = [[]];
    for (const layer of layers) {
      if (layer.kind !== "search") continue;
      architectures = architectures.flatMap((head) => (layer.candidates ?? config.network.candidates).map((block) => [...head, block]));
    }
    assert.equal(spaceSize(config), BigInt(new Set(architectures.map(String)).size));
  }
});

test("a space and its blocks answer well below 50 ms", () => {
  let config = quick;
  for (let i = 0; i < 29; i++) config = addLayer(config, "search");
  const started = performance.now();
  for (let i = 0; i < 100; i++) spaceSize(toggleEverywhere(config, "SRB_k7", BLOCKS));
  assert.ok((performance.now() - started) / 100 < 50);
});

test("the budget is what the engine will evaluate", () => {
  const search = (change) => ({ ...quick, search: { ...quick.search, ...change } });
  assert.equal(budget(search({ generations: 8, population: 10 })), 80n);
  assert.equal(budget(search({ generations: 100, population: 10 })), 125n);
  assert.equal(budget(search({ algorithm: "random_sampling", population: 10 })), 10n);
  assert.equal(budget(search({ algorithm: "exhaustive", population: 25 })), 125n);
  assert.equal(budget(search({ population: "many" })), null);
  const arm = (change) => ({ architectures: [], random: 0, zoo: null, ...change });
  const analysis = { seeds: 3, arms: [arm({ architectures: ["R5-R5-R5", "S-S-S"] }), arm({ random: 4, zoo: "wu-2019b" })] };
  assert.equal(trainings({ ...quick, analysis }), 21n);
  assert.equal(trainings({ ...quick, analysis: { ...analysis, seeds: "x" } }), null);
  for (const arms of [undefined, 5, [null], ["x"]]) assert.equal(trainings({ ...quick, analysis: { seeds: 1, arms } }), 0n);
  assert.ok(Math.abs(share(80n, 125n) - 0.64) < 1e-12);
  assert.equal(share(0n, 125n), 0);
});

test("a block goes into every layer, also those with their own, and out of all again", () => {
  const mixed = toggleInLayer(quick, 0, "SRB_k7", BLOCKS);
  assert.deepEqual(layersOf(mixed)[0].candidates, ["skip_connect", "SCB_k3", "SCB_k5", "SRB_k3", "SRB_k5", "SRB_k7"]);
  assert.equal(presence(mixed, "SRB_k7"), "mixed");
  const all = toggleEverywhere(mixed, "SRB_k7", BLOCKS);
  assert.equal(presence(all, "SRB_k7"), "true");
  assert.equal(layersOf(all)[0].candidates, null); // the same as the common ones, so it follows them again
  assert.equal(spaceSize(all), 216n);
  assert.equal(asJson(toggleEverywhere(all, "SRB_k7", BLOCKS)), asJson(quick));
  assert.equal(asJson(toggleInLayer(mixed, 0, "SRB_k7", BLOCKS)), asJson(quick));
});

test("layers are added, doubled, moved, turned into pools and removed; nothing else changes", () => {
  assert.deepEqual(widths(quick), [8, "max_pool", 16, 16, "max_pool"]);
  assert.deepEqual(widths(addLayer(quick, "search")), [8, "max_pool", 16, 16, "max_pool", 16]);
  assert.deepEqual(widths(addLayer(quick, "avg_pool")), [8, "max_pool", 16, 16, "max_pool", "avg_pool"]);
  assert.deepEqual(widths(duplicateLayer(quick, 0)), [8, 8, "max_pool", 16, 16, "max_pool"]);
  assert.deepEqual(widths(moveLayer(quick, 0, 2)), ["max_pool", 16, 8, 16, "max_pool"]);
  assert.deepEqual(widths(moveLayer(quick, 4, 0)), ["max_pool", 8, "max_pool", 16, 16]);
  assert.deepEqual(widths(setKind(quick, 0, "avg_pool")), ["avg_pool", "max_pool", 16, 16, "max_pool"]);
  assert.deepEqual(widths(setKind(quick, 1, "search")), [8, 8, 16, 16, "max_pool"]);
  assert.equal(setKind(quick, 0, "search"), quick);
  assert.deepEqual(widths(removeLayer(quick, 1)), [8, 16, 16, "max_pool"]);
  assert.equal(asJson(moveLayer(moveLayer(quick, 0, 3), 3, 0)), asJson(quick));
});

test("a difference names every field, in words, and puts each back", () => {
  let changed = set(set(quick, ["supernet", "epochs"], 40), ["network", "macro", "layers", 2, "channels"], 32);
  changed = toggleEverywhere(toggleEverywhere(changed, "SRB_k7", BLOCKS), "skip_connect", BLOCKS);
  const found = changes(quick, changed);
  assert.deepEqual(found.map((change) => [change.path.join("."), inWords(change)]).sort(), [
    ["network.candidates", "+ R7, − S"],
    ["network.macro.layers.2.channels", "16 → 32"],
    ["supernet.epochs", "16 → 40"],
  ].sort());
  assert.equal(asJson(found.reduce(putBack, changed)), asJson(quick));
});

test("another number of layers is one difference; key order is none; a key that was not there goes again", () => {
  const longer = addLayer(quick, "avg_pool");
  const [only, ...none] = changes(quick, longer);
  assert.equal(none.length, 0);
  assert.equal(inWords(only), "8 max 16 16 max → 8 max 16 16 max avg");
  assert.deepEqual(changes(quick, Object.fromEntries(Object.entries(quick).reverse())), []);
  const extra = set(quick, ["data", "colour"], "red");
  assert.equal(asJson(changes(quick, extra).reduce(putBack, extra)), asJson(quick));
  assert.equal(inWords({ path: ["analysis"], before: null, after: { arms: [1, 2] } }), "a search → an analysis of 2 arms");
  assert.equal(inWords({ path: ["network", "macro", "layers", 0, "candidates"], before: null, after: ["SRB_k3"] }), "the common list → R3");
});

test("the JSON twin comes back byte by byte from whatever it holds", () => {
  for (const config of [quick, addLayer(quick, "search"), set(quick, ["name"], 'Ünïcode "quoted" \\ 🧠 </script>'), set(quick, ["search", "fitness_lambda"], -0.16)]) {
    const text = asJson(config);
    assert.equal(asJson(JSON.parse(text)), text);
    assert.deepEqual(JSON.parse(text), config);
  }
});

test("the command line writes the study whole, or names the preset it still is", () => {
  const text = commandLine(quick, 1, null);
  assert.equal(text.split("<<'STUDY'\n")[1].split("\nSTUDY\n")[0], asJson(quick));
  assert.ok(text.endsWith("engine run study.json --workdir work\n"));
  assert.equal(commandLine(quick, 3, "quick-look"), ".venv/bin/python -m engine config quick-look > study.json\n.venv/bin/python -m engine run study.json --workdir work --seeds 3\n");
});

test("the program holds Python's words for true, false and null, and no line that JSON alone could read", () => {
  const text = program({ ...quick, name: "it's True, null and false" });
  assert.ok(text.includes('"name": "it\'s True, null and false"'));
  assert.ok(text.includes('"augment": True'));
  assert.ok(!/: (true|false|null)\b/.test(text));
});
