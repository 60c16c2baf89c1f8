// Evaluations on request against a server of our own: asked once, looked after until done, refusals with their reason.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Inspections } from "../../../frontend/study/inspections.js";
import { Announcer } from "../../../frontend/study/announcer.js";

const RESULT = { accuracy: 0.9, spikes: 1000, firing_rate: 0.1, fitness: 0.9, parameters: 10 };

function server(answers) {
  const world = { asked: [], timers: [], changes: 0 };
  const browser = {
    send: (method, url, body) => {
      world.asked.push([method, url, body]);
      return Promise.resolve(answers.shift());
    },
    later: (run) => world.timers.push(run),
  };
  world.inspections = new Inspections("S", () => (world.changes += 1), browser);
  world.tick = async () => {
    for (const run of world.timers.splice(0)) run();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return world;
}
const line = (state, result = null, reason = "") => ({ id: "u", architecture: "S-C3", state, reason, result });

test("one request a network; it is looked after until it is done", async () => {
  const world = server([{ status: 201, data: line("waiting") }, { status: 200, data: line("running") }, { status: 0, data: {} }, { status: 200, data: line("done", RESULT) }]);
  await Promise.all([world.inspections.ask("S-C3"), world.inspections.ask("S-C3")]);
  assert.deepEqual(world.asked, [["POST", "/api/studies/S/inspections", { kind: "evaluation", architecture: "S-C3" }]]);
  await world.tick();
  assert.equal(world.inspections.all.get("S-C3").state, "running");
  await world.tick(); // the server is away for a moment: asked again
  await world.tick();
  assert.deepEqual(world.inspections.done().map((one) => one.result), [RESULT]);
  assert.equal(world.timers.length, 0);
  assert.equal(world.asked.filter(([method]) => method === "POST").length, 1);
});

test("a refusal says why and may be asked again", async () => {
  const world = server([{ status: 422, data: { problems: [{ field: "architecture", message: "searched layer 1: R7 is not one of S" }] } }, { status: 201, data: line("done", RESULT) }]);
  await world.inspections.ask("S-C3");
  assert.deepEqual([world.inspections.all.get("S-C3").state, world.inspections.all.get("S-C3").reason], ["refused", "searched layer 1: R7 is not one of S"]);
  await world.inspections.ask("S-C3");
  assert.equal(world.inspections.done().length, 1);
});

test("what was asked before is listed once; what still runs is looked after", async () => {
  const world = server([{ status: 200, data: { inspections: [line("done", RESULT), { ...line("running"), id: "v", architecture: "C3-C3" }] } }, { status: 200, data: { ...line("failed", null, "out of memory"), architecture: "C3-C3" } }]);
  await world.inspections.list();
  await world.inspections.list();
  assert.equal(world.asked.length, 1);
  assert.equal(world.inspections.all.size, 2);
  await world.tick();
  assert.deepEqual(world.inspections.all.get("C3-C3").reason, "out of memory");
});

test("of many answers one page is asked for after the other, after an outage from where it was", async () => {
  const page = (architecture, next) => ({ status: 200, data: { inspections: [{ ...line("done", RESULT), architecture }], next } });
  const world = server([page("S-S", "a"), { status: 0, data: {} }, page("S-C3", "b"), page("C3-S", null)]);
  await world.inspections.list();
  assert.deepEqual([...world.inspections.all.keys()], ["S-S"]);
  await world.tick();
  await world.inspections.list();
  await world.inspections.list();
  assert.deepEqual([...world.inspections.all.keys()], ["S-S", "S-C3", "C3-S"]);
  assert.deepEqual(world.asked.map(([, url]) => url.split("before=")[1]), ["", "a", "a", "b"]);
  assert.match(world.asked[0][1], /kind=evaluation&brief=1/);
});

test("news is said politely: at once, then at most every five seconds, and of several the newest", () => {
  const timers = [];
  const place = { textContent: "" };
  const announcer = new Announcer(place, (run, ms) => timers.push([run, ms]));
  announcer.say("one");
  announcer.say("two");
  announcer.say("three");
  assert.equal(place.textContent, "one");
  const [run, ms] = timers.shift();
  assert.equal(ms, 5000);
  run();
  assert.equal(place.textContent, "three");
  timers.shift()[0]();
  assert.equal(timers.length, 0);
  announcer.say("four");
  assert.equal(place.textContent, "four");
});
