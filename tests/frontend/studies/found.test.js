// The list's search: in the browser where all studies are here, at the server where they are not, and told truthfully.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Found } from "../../../frontend/studies/found.js";

const study = (name) => ({ id: name, name, dataset: "digits", dataset_title: "Optical digits", state: "queued", owner: "ada" });
const page = (names, more = {}) => ({ studies: names.map(study), next: null, count: names.length, total: names.length, ...more });
const opened = (more = {}) => ({ archived: false, before: "", text: "", ...more });
const shown = (found, text) => found.studies.filter((one) => found.shows(one, text)).map(({ name }) => name);
const told = (found, text) => found.counted(shown(found, text).length, text);

test("where all studies are here, the browser looks for the words itself", () => {
  const found = new Found(page(["One", "Two"]), opened());
  assert.deepEqual(shown(found, " OPTICAL  two"), ["Two"]);
  assert.equal(told(found, "two"), "1 of 2");
  assert.equal(told(found, "nothing"), "0 of 2");
  assert.equal(told(found, " "), "2 studies");
  assert.equal(new Found(page(["One"]), opened()).counted(1, ""), "1 study");
  assert.equal(found.unknown("two"), false);
  assert.equal(`${found.question("two")}`, "archived=&before=&q=");
});

test("where they are not, the server looks, from the newest on, and its answer is shown as it is", () => {
  const found = new Found(page(["One", "Two"], { next: "Two", total: 512 }), opened());
  assert.equal(told(found, ""), "2 of all 512 studies");
  assert.equal(found.unknown("two  one"), true);
  assert.equal(told(found, "two"), "1 of the 2 here; searching all 512 …");
  assert.equal(`${found.question(" two  one")}`, "archived=&before=&q=two+one");
  found.take(page(["İstanbul"], { total: 512, count: 1 }), "two one");
  assert.equal(found.unknown("two one "), false);
  assert.deepEqual(shown(found, "two one "), ["İstanbul"]);
  assert.equal(told(found, "two one"), "1 of all 512");
  assert.equal(told(found, "two one more"), "0 of the 1 here; searching all 512 …");
  found.take(page(["One", "Two"], { next: "Two", count: 300, total: 512 }), "o");
  assert.equal(told(found, "o"), "2 of 300 found among all 512");
  assert.equal(found.older, "/?before=Two&q=o");
  assert.equal(found.unknown(""), true);
});

test("an older page is left while other words are looked for, and comes back with its own", () => {
  const found = new Found(page(["One"], { total: 3 }), opened({ before: "Two", archived: true }));
  assert.equal(found.older, null);
  assert.equal(`${found.question("")}`, "archived=1&before=Two&q=");
  assert.equal(`${found.question("x")}`, "archived=1&before=&q=x");
  const searched = new Found(page(["One"], { total: 3 }), opened({ before: "Two", text: "o" }));
  assert.equal(searched.unknown("o"), true);
  assert.equal(`${searched.question("o")}`, "archived=&before=Two&q=o");
  assert.equal(`${searched.question("")}`, "archived=&before=&q=");
});

test("what is put away is no longer counted", () => {
  const found = new Found(page(["One", "Two"], { next: "Two", count: 512, total: 512 }), opened());
  found.drop("One");
  assert.equal(told(found, ""), "1 of all 511 studies");
});
