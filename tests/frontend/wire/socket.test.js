// The stream against a browser of our own: no network, no clock, no chance.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Stream } from "../../../frontend/wire/socket.js";

/** A stream with its sockets, timers and what its handlers heard. */
function studio(answers = {}) {
  const world = { sockets: [], timers: [], heard: [], statuses: [], fetched: [], cursor: 0, random: 1, online: true };
  const browser = {
    open(url) {
      const socket = { url, readyState: 1, sent: [], send: (text) => socket.sent.push(JSON.parse(text)), close: () => (socket.readyState = 3) };
      world.sockets.push(socket);
      return socket;
    },
    fetch(url) {
      world.fetched.push(url);
      const body = url.includes("/events") ? { events: [{ seq: world.cursor + 1 }] } : { state: "running" };
      return Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(body), ...answers });
    },
    later: (run, ms) => world.timers.push({ run, ms, off: false }) - 1,
    cancel: (timer) => (world.timers[timer].off = true),
    random: () => world.random,
    online: () => world.online,
    woken: (run) => (world.wake = run),
    origin: "https://studio.example",
  };
  const handlers = {
    events: (events) => world.heard.push(...events.map((e) => e.seq)),
    progress: (event) => world.heard.push(event.kind),
    summary: (summary) => world.heard.push(summary.state),
    status: (status) => world.statuses.push(status),
    cursor: () => world.cursor,
  };
  world.stream = new Stream("S", handlers, browser);
  world.last = () => world.sockets.at(-1);
  world.say = (frame) => world.last().onmessage({ data: JSON.stringify(frame) });
  world.drop = (code = 1006) => world.last().onclose({ code });
  world.fire = () => {
    const timer = world.timers.filter((t) => !t.off).at(-1);
    timer.off = true;
    timer.run();
    return timer.ms;
  };
  return world;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("it connects and comes back after the last applied event", () => {
  const world = studio();
  assert.equal(world.last().url, "wss://studio.example/ws/studies/S?after=0");
  world.say({ type: "events", events: [{ seq: 1 }, { seq: 2 }] });
  world.cursor = 2;
  world.drop();
  world.fire();
  assert.equal(world.last().url, "wss://studio.example/ws/studies/S?after=2");
  assert.deepEqual(world.heard, [1, 2]);
});

test("pauses grow to half a minute and no further, and jitter over all of it", () => {
  const world = studio();
  const pauses = Array.from({ length: 9 }, () => (world.drop(), world.fire()));
  assert.deepEqual(pauses.slice(0, 3), [1000, 2000, 4000]);
  assert.equal(Math.max(...pauses), 30_000);
  world.random = 0;
  world.drop();
  assert.equal(world.fire(), 0);
});

test("a short break shows nothing; a longer one says so", () => {
  const world = studio();
  world.drop();
  const quiet = world.timers.find((t) => t.ms === 3000);
  world.fire();
  world.say({ type: "hello", summary: { state: "running" } });
  assert.ok(quiet.off);
  assert.deepEqual(world.statuses, ["live"]);
  world.drop();
  world.timers.find((t) => t.ms === 3000 && !t.off).run();
  assert.equal(world.statuses.at(-1), "reconnecting");
});

test("signed out and gone are final", () => {
  for (const code of [4401, 4404]) {
    const world = studio();
    world.drop(code);
    assert.deepEqual(world.statuses, ["ended"]);
    assert.deepEqual(world.timers.filter((t) => !t.off), []);
  }
});

test("a gap is asked for once per cursor, and again on a new socket", () => {
  const world = studio();
  world.cursor = 4;
  world.stream.refill();
  world.stream.refill();
  assert.deepEqual(world.last().sent, [{ after: 4 }]);
  world.drop();
  world.fire();
  world.stream.refill();
  assert.deepEqual(world.last().sent, [{ after: 4 }]);
});

test("where sockets cannot pass it polls, and still tries them", async () => {
  const world = studio();
  for (let i = 0; i < 4; i += 1) {
    world.drop();
    if (i < 3) world.fire();
  }
  await settled();
  assert.deepEqual(world.fetched, ["/api/studies/S/events?after=0", "/api/studies/S"]);
  assert.deepEqual(world.heard, [1, "running"]);
  assert.equal(world.statuses.at(-1), "polling");
  const before = world.sockets.length;
  world.timers.find((t) => !t.off && t.ms > 3000).run();
  assert.equal(world.sockets.length, before + 1);
  world.say({ type: "hello", summary: { state: "paused" } });
  assert.equal(world.statuses.at(-1), "live");
  world.timers.filter((t) => t.ms === 2000).at(-1).run();
  await settled();
  assert.equal(world.fetched.length, 2);
});

test("polling ends where the session has ended", async () => {
  const world = studio({ ok: false, status: 401 });
  for (let i = 0; i < 4; i += 1) {
    world.drop();
    if (i < 3) world.fire();
  }
  await settled();
  assert.equal(world.statuses.at(-1), "ended");
  assert.ok(world.stream.closed);
});

test("where no socket ever opened it polls after two tries; where one did, after four", async () => {
  const never = studio();
  never.drop();
  assert.deepEqual(never.fetched, []);
  never.fire();
  never.drop();
  assert.equal(never.fetched.length, 2);
  const once = studio();
  once.say({ type: "hello", summary: { state: "running" } });
  for (let i = 0; i < 3; i += 1) {
    once.drop();
    once.fire();
  }
  assert.deepEqual(once.fetched, []);
  once.drop();
  assert.equal(once.fetched.length, 2);
  await settled();
});

test("a long past is polled in parts without a pause between them", async () => {
  const answers = { json: () => Promise.resolve({ events: [{ seq: 1 }], last_seq: 3, state: "running" }) };
  const world = studio(answers);
  world.stream.handlers.events = () => (world.cursor += 1);
  world.drop();
  world.fire();
  world.drop();
  for (let i = 0; i < 5; i += 1) await settled();
  assert.deepEqual(world.fetched.filter((url) => url.includes("events")), [0, 1, 2].map((after) => `/api/studies/S/events?after=${after}`));
});

test("without a network the loss is called by its name, and the network's return is not waited for", async () => {
  const world = studio();
  world.say({ type: "hello", summary: { state: "running" } });
  world.online = false;
  world.stream.browser.fetch = () => Promise.reject(new TypeError("no network"));
  world.wake(); // the socket says nothing: a network that goes away closes none
  await settled();
  world.timers.find((t) => t.ms === 3000 && !t.off).run();
  assert.equal(world.statuses.at(-1), "offline");
  const before = world.sockets.length;
  world.wake();
  assert.equal(world.sockets.length, before); // still without
  world.online = true;
  world.wake();
  assert.equal(world.sockets.length, before + 1);
  world.say({ type: "hello", summary: { state: "running" } });
  assert.equal(world.statuses.at(-1), "live");
  assert.deepEqual(world.timers.filter((t) => !t.off).map((t) => t.ms), [20_000]); // no second attempt is on its way
});

test("a machine without a network that runs the studio itself goes on watching it", async () => {
  const world = studio({ json: () => Promise.resolve({ last_seq: 0 }) });
  world.say({ type: "hello", summary: { state: "running" } });
  world.online = false;
  world.wake();
  await settled();
  assert.equal(world.sockets.length, 1);
  assert.deepEqual(world.statuses, ["live"]);
});

test("a socket that is silent while the server has news is replaced, and what the old one says then is not heard", async () => {
  const world = studio({ json: () => Promise.resolve({ last_seq: 7 }) });
  world.say({ type: "events", events: [{ seq: 1 }] });
  world.cursor = 1;
  const old = world.last();
  world.timers.find((t) => t.ms === 20_000 && !t.off).run();
  await settled();
  assert.equal(world.last().url, "wss://studio.example/ws/studies/S?after=1");
  assert.equal(old.readyState, 3);
  old.onmessage({ data: JSON.stringify({ type: "events", events: [{ seq: 2 }] }) });
  old.onclose({ code: 1006 });
  assert.deepEqual(world.heard, [1]);
  assert.deepEqual(world.statuses, ["live"]);
});

test("a socket that speaks while the server is asked stays", async () => {
  const world = studio({ json: () => Promise.resolve({ last_seq: 7 }) });
  world.wake();
  world.say({ type: "events", events: [{ seq: 1 }] });
  await settled();
  assert.equal(world.sockets.length, 1);
});

test("where polling breaks off too it says so after three seconds, and polls on", async () => {
  const world = studio();
  world.random = 0;
  world.drop();
  world.fire();
  world.drop();
  await settled();
  assert.equal(world.statuses.at(-1), "polling");
  world.stream.browser.fetch = () => Promise.reject(new TypeError("no server"));
  world.timers.find((t) => t.ms === 2000 && !t.off).run();
  await settled();
  world.timers.find((t) => t.ms === 3000 && !t.off).run();
  assert.equal(world.statuses.at(-1), "reconnecting");
  assert.ok(world.timers.filter((t) => t.ms === 2000).length > 1);
});
