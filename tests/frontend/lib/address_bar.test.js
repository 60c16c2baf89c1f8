// The address of a page against a browser of our own: at once, then after a rest, and whatever the browser makes of it.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { AddressBar, REST_MS } from "../../../frontend/lib/address_bar.js";

/** @type {{run: () => void, ms: number, id: number}[]} */
let timers = [];
/** @type {[string, string][]} */
let written = [];
let shown = "";
let refuses = false;
let leave = () => {};
let bar = new AddressBar(() => shown, browser());

function browser() {
  const note = (how) => (query) => {
    if (refuses) throw new DOMException("Attempt to use history.replaceState() more than 100 times per 30 seconds", "SecurityError");
    written.push([how, query]);
  };
  let id = 0;
  return {
    write: note("replaced"), push: note("pushed"),
    later: (run, ms) => (timers.push({ run, ms, id: ++id }), id),
    never: (timer) => (timers = timers.filter((one) => one.id !== timer)),
    leaving: (run) => (leave = run),
  };
}
const show = (query) => ((shown = query), bar.changed());
const pass = () => timers.splice(0).forEach(({ run }) => run());

beforeEach(() => {
  [timers, written, shown, refuses] = [[], [], "", false];
  bar = new AddressBar(() => shown, browser());
});

test("a step is written at once, and of the many that follow the last, after a rest", () => {
  show("?g=1");
  assert.deepEqual(written, [["replaced", "?g=1"]]);
  for (let g = 2; g <= 500; g++) show(`?g=${g}`);
  assert.deepEqual(timers.map(({ ms }) => ms), [REST_MS]);
  assert.ok(30_000 / REST_MS < 100); // what Safari allows
  pass();
  assert.deepEqual(written, [["replaced", "?g=1"], ["replaced", "?g=500"]]);
  pass();
  assert.equal(written.length, 2);
  assert.deepEqual(timers, []);
});

test("what waits is written when the page is left", () => {
  leave();
  assert.deepEqual(written, []);
  show("?g=1");
  show("?g=2");
  leave();
  leave();
  assert.deepEqual(written, [["replaced", "?g=1"], ["replaced", "?g=2"]]);
});

test("another tab of the page is an entry of the history, after what was last shown before", () => {
  show("?g=1");
  show("?g=2");
  bar.flush();
  shown = "?tab=map&g=2";
  bar.turned();
  pass();
  assert.deepEqual(written, [["replaced", "?g=1"], ["replaced", "?g=2"], ["pushed", "?tab=map&g=2"]]);
});

test("a browser that refuses is asked again, and nobody hears of it", () => {
  refuses = true;
  show("?g=1");
  bar.turned();
  show("?g=2");
  pass();
  leave();
  assert.deepEqual(written, []);
  refuses = false;
  pass();
  assert.deepEqual(written, [["replaced", "?g=2"]]);
});
