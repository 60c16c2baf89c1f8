// An upload goes on where the server is, and event frames are drawn as they are counted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { paint, tally } from "../../../frontend/datasets/player.js";
import { upload } from "../../../frontend/datasets/upload.js";
import { micros } from "../../../frontend/lib/format.js";

const FILE = new Blob([new Uint8Array(10)]);
const nothing = () => {};

/** A server that keeps `received`; `troubles` are the answers it gives first. */
function server(troubles = [], received = 0) {
  const asked = [];
  const request = async (method, url, part) => {
    const offset = Number(new URL(url, "http://x").searchParams.get("offset"));
    asked.push([method, offset, part.size]);
    const trouble = troubles.shift();
    if (trouble) return trouble;
    if (offset !== received) return { status: 409, data: { received } };
    received += part.size;
    return { status: 200, data: { received } };
  };
  return { asked, request };
}

test("a file goes in chunks, each where the last one ended", async () => {
  const { asked, request } = server();
  assert.equal(await upload("id", FILE, 0, 4, nothing, request), null);
  assert.deepEqual(asked, [["PUT", 0, 4], ["PUT", 4, 4], ["PUT", 8, 2]]);
});

test("it goes on from what the server has", async () => {
  const { asked, request } = server([], 6);
  assert.equal(await upload("id", FILE, 0, 4, nothing, request), null);
  assert.deepEqual(asked.map(([, offset]) => offset), [0, 6]);
});

test("a lost connection is tried again, and told", async () => {
  const told = [];
  const waited = [];
  const { request } = server([{ status: 0, data: {} }, { status: 503, data: {} }]);
  const pause = async (ms) => void waited.push(ms);
  assert.equal(await upload("id", FILE, 0, 10, (at, trouble) => told.push([at, trouble !== ""]), request, pause), null);
  assert.deepEqual(told, [[0, true], [0, true], [10, false]]);
  assert.deepEqual(waited, [500, 1000]);
});

test("it gives up in the end, and says that what has arrived is kept", async () => {
  const { request } = server(Array(20).fill({ status: 0, data: { error: "gone." } }));
  const failure = await upload("id", FILE, 0, 10, nothing, request, async () => {});
  assert.equal(failure?.message, "gone. The received part is kept.");
});

test("a refusal ends it with the server's reason", async () => {
  const { asked, request } = server([{ status: 422, data: { problems: [{ field: "file", message: "not a zip" }] } }]);
  assert.deepEqual(await upload("id", FILE, 0, 4, nothing, request), { field: "file", message: "not a zip" });
  assert.equal(asked.length, 1);
});

// [T = 2, OFF and ON, 2 × 2]: step 0 has 1 OFF at pixel 0, step 1 has 4 ON at pixel 3
const frames = { counts: new Uint16Array([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]), steps: 2, size: 2, events: 5, micros: 9, most: 4 };
const colours = { ground: [0, 0, 0], on: [0, 0, 200], off: [200, 100, 0] };

test("a step's ON and OFF events are counted", () => {
  assert.deepEqual(tally(frames, 0), { on: 0, off: 1 });
  assert.deepEqual(tally(frames, 1), { on: 4, off: 0 });
});

test("ON and OFF have their colours, stronger where more events are", () => {
  const first = paint(frames, 0, colours);
  const strength = Math.sqrt(1 / 2);
  assert.deepEqual([...first.slice(0, 4)], [Math.round(200 * strength), Math.round(100 * strength), 0, 255]);
  assert.deepEqual([...first.slice(4, 8)], [0, 0, 0, 255]);
  assert.deepEqual([...paint(frames, 1, colours).slice(12, 16)], [0, 0, 200, 255]);
});

test("short times keep their unit", () => {
  assert.deepEqual([999, 1000, 999_982, 1_450_000].map(micros), ["999 µs", "1 ms", "999 ms", "1 s"]);
});
