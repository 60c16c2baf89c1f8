// The key of a launch: the same while the same is launched and no answer has come, else another.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Once } from "../../../frontend/lib/idempotent.js";

/** @type {(number | null)[]} statuses to come; null = the connection is lost */
let answers = [];
/** @type {{key: string, body: string}[]} */
let sent = [];

beforeEach(() => {
  sent = [];
  globalThis.document = { cookie: "csrftoken=abc" };
  globalThis.fetch = async (_, { headers, body }) => {
    sent.push({ key: headers["Idempotency-Key"], body });
    const status = answers.shift() ?? null;
    if (status === null) throw new TypeError("failed");
    return new Response(JSON.stringify({ url: "/studies/1" }), { status, headers: { "Content-Type": "application/json" } });
  };
});
afterEach(() => {
  delete globalThis.document;
  delete globalThis.fetch;
});

/** @param {(number | null)[]} statuses @param {object[]} studies */
async function keys(statuses, studies) {
  let made = 0;
  answers = [...statuses];
  const once = new Once(() => `key ${++made}`);
  const heard = [];
  for (const study of studies) heard.push((await once.post("/api/studies", study)).status);
  assert.deepEqual(heard, statuses.map((status) => status ?? 0));
  return sent.map(({ key }) => key);
}

test("a launch whose answer was lost, or that met a server in trouble, is said again under its key", async () => {
  assert.deepEqual(await keys([null, 502, null, 200], [{ a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }]), ["key 1", "key 1", "key 1", "key 1"]);
});

test("another config, an attempt after a refusal, and one after a study was made are launches of their own", async () => {
  assert.deepEqual(await keys([null, null, 422, 201, 201], [{ a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }, { a: 2 }]), ["key 1", "key 2", "key 2", "key 3", "key 4"]);
});

test("a key needs no secure context, and is another each time", async () => {
  answers = [201, 201];
  const once = new Once();
  await once.post("/api/studies", {});
  await once.post("/api/studies", {});
  assert.match(sent[0].key, /^[0-9a-f]{32}$/);
  assert.notEqual(sent[0].key, sent[1].key);
});
