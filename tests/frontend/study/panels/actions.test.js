// The menu of a study: what it offers in each state, and what it asks the server for.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";
import { JSDOM } from "jsdom";
import { initialState } from "../../../../frontend/wire/state.js";
import { renderHeader } from "../../../../frontend/study/panels/header.js";

const template = readFileSync(new URL("../../../../webapp/templates/studies/detail.html", import.meta.url), "utf8");
const summary = (change) => ({
  id: "S", name: "A study", state: "running", phase: "search", reason: "", reason_code: "", request: "", ending: "", priority: "normal",
  archived: false, waits: "", progress: 0.5, seconds_left: 90, space_size: 3125, compute_seconds: 12,
  config: { search: { fitness_lambda: -0.08, generations: 8 } }, may_edit: true, ...change,
});
const searched = { ...initialState, averageSpikes: 100, generations: [{}, {}, {}] };
const offered = () => [...document.querySelectorAll(".menu [data-action]")].map((item) => item.dataset.action);
/** @type {{url: string, body: any}[]} */
let sent = [];
let answer = { status: 200, data: {} };

beforeEach(() => {
  globalThis.document = new JSDOM(`<body>${template}</body>`).window.document;
  globalThis.location = { assign: (url) => sent.push({ url, body: "opened" }) };
  sent = [];
  answer = { status: 200, data: {} };
  globalThis.fetch = async (url, options) => {
    sent.push({ url, body: JSON.parse(options.body) });
    return { status: answer.status, headers: new Map([["Content-Type", "application/json"]]), json: async () => answer.data };
  };
});
const settled = () => new Promise((done) => setImmediate(done));

test("each state offers what may be asked of it", () => {
  const wanted = {
    queued: ["stop", "stop-retrain", "priority", "fork"], running: ["stop", "stop-retrain", "priority", "fork"],
    paused: ["stop", "stop-retrain", "priority", "fork", "archive", "delete"],
    failed: ["fork", "archive", "delete"], cancelled: ["fork", "archive", "delete"], succeeded: ["fork", "archive", "delete"],
  };
  for (const [state, actions] of Object.entries(wanted)) {
    renderHeader(summary({ state }), searched, () => {});
    assert.deepEqual(offered(), actions, state);
    renderHeader(summary({ state, may_edit: false }), searched, () => {});
    assert.deepEqual(offered(), []);
  }
});

test("a stop that was asked for is told and not offered again", () => {
  renderHeader(summary({ ending: "retrain" }), searched, () => {});
  assert.equal(document.getElementById("asked").textContent, "stopping after this generation, then retraining");
  assert.deepEqual(offered().slice(0, 1), ["stop"]);
  renderHeader(summary({ ending: "retrain", phase: "retrain" }), searched, () => {});
  assert.equal(document.getElementById("asked").textContent, "");
  assert.ok(!offered().includes("stop"));
});

test("stop, priority and fork send what was chosen", async () => {
  renderHeader(summary({}), searched, () => {});
  document.querySelector("[data-action=stop-retrain]").click();
  const select = document.querySelector("select[data-action=priority]");
  select.value = "high";
  select.dispatchEvent(new document.defaultView.Event("change"));
  document.querySelector("[name=keep]").value = "2";
  document.querySelector("[name=generations]").value = "20";
  answer = { status: 201, data: { url: "/studies/new-one" } };
  document.querySelector(".menu-fork").dispatchEvent(new document.defaultView.Event("submit", { cancelable: true }));
  await settled();
  await settled();
  assert.deepEqual(sent, [
    { url: "/api/studies/S/stop", body: { retrain: true } },
    { url: "/api/studies/S/priority", body: { priority: "high" } },
    { url: "/api/studies/S/fork", body: { generation: 2, config: { search: { generations: 20 } } } },
    { url: "/studies/new-one", body: "opened" },
  ]);
});

test("a refusal is told at the head of the page, as text", async () => {
  answer = { status: 409, data: { error: "a study at work cannot be deleted <b>" } };
  renderHeader(summary({ state: "paused" }), searched, () => {});
  document.querySelector("[data-action=delete]").click();
  await settled();
  await settled();
  const problem = document.getElementById("action-problem");
  assert.equal(problem.hidden, false);
  assert.equal(problem.textContent, "a study at work cannot be deleted <b>");
  assert.equal(sent.length, 1);
});

const toggled = (menu) => new Promise((done) => menu.addEventListener("toggle", done, { once: true }));
async function opened() {
  renderHeader(summary({}), searched, () => {});
  const menu = document.querySelector(".menu");
  const opening = toggled(menu);
  menu.open = true;
  await opening;
  return menu;
}

test("the menu stays open through an update, and Escape closes it from anywhere", async () => {
  const menu = await opened();
  renderHeader(summary({ priority: "low" }), searched, () => {});
  assert.equal(document.querySelector(".menu"), menu);
  assert.ok(menu.open);
  document.body.dispatchEvent(new document.defaultView.KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  assert.ok(!menu.open);
  assert.equal(document.activeElement, menu.querySelector("summary"));
});

test("a press elsewhere closes the menu, unless something was typed in it", async () => {
  const press = (place) => place.dispatchEvent(new document.defaultView.Event("pointerdown", { bubbles: true }));
  const menu = await opened();
  press(menu.querySelector("[name=keep]"));
  assert.ok(menu.open);
  menu.querySelector("[name=keep]").value = "1";
  press(document.body);
  assert.ok(menu.open);
  menu.querySelector("[name=keep]").value = "3";
  press(document.body);
  assert.ok(!menu.open);
});

test("a further generation may be kept by a fork, and changes nothing that stands in an open menu", () => {
  const after = (count) => ({ ...searched, generations: Array(count).fill({}) });
  const field = (name) => document.querySelector(`[name=${name}]`);
  const shown = () => [field("keep").value, field("keep").max, field("generations").value, field("generations").min];
  renderHeader(summary({}), after(3), () => {});
  assert.deepEqual(shown(), ["3", "3", "8", "3"]);
  renderHeader(summary({}), after(4), () => {});
  assert.deepEqual(shown(), ["4", "4", "8", "4"]);
  const menu = document.querySelector(".menu");
  menu.open = true;
  field("generations").value = "20";
  renderHeader(summary({ priority: "low" }), after(5), () => {});
  assert.deepEqual(shown(), ["4", "5", "20", "4"]);
  assert.equal(document.querySelector(".menu"), menu);
  menu.open = false;
  renderHeader(summary({ priority: "low" }), after(5), () => {});
  assert.deepEqual(shown(), ["5", "5", "8", "5"]);
});

test("a fork whose answer was lost is asked for again under the same key", async () => {
  renderHeader(summary({}), searched, () => {});
  const keys = [];
  const there = globalThis.fetch;
  globalThis.fetch = async (url, options) => {
    keys.push(options.headers["Idempotency-Key"]);
    if (keys.length === 1) throw new TypeError("lost");
    return there(url, options);
  };
  answer = { status: 200, data: { url: "/studies/new-one" } };
  for (const _ of [1, 2]) {
    document.querySelector(".menu-fork").dispatchEvent(new document.defaultView.Event("submit", { cancelable: true }));
    await settled();
    await settled();
  }
  assert.ok(keys[0]);
  assert.equal(keys[1], keys[0]);
  assert.equal(sent.at(-1).url, "/studies/new-one");
});

test("a search that rests without a retrained winner can be extended", async () => {
  const config = { search: { fitness_lambda: -0.08, generations: 8, algorithm: "evolution" } };
  const offers = (change, state = searched) => (renderHeader(summary({ config, ...change }), state, () => {}), offered().includes("extend"));
  assert.deepEqual([offers({ state: "paused" }), offers({ state: "running" }), offers({ state: "succeeded" })], [true, false, true]);
  assert.equal(offers({ state: "succeeded" }, { ...searched, retrained: "R5-S", finished: {} }), false);
  assert.equal(offers({ state: "succeeded", config: { search: { ...config.search, algorithm: "exhaustive" } } }), false);
  renderHeader(summary({ config, state: "succeeded" }), searched, () => {});
  const field = document.querySelector("[name=extended]");
  assert.deepEqual([field.value, field.min], ["18", "9"]);
  field.value = "12";
  field.form.dispatchEvent(new document.defaultView.Event("submit", { cancelable: true }));
  await settled();
  assert.deepEqual(sent, [{ url: "/api/studies/S/extend", body: { generations: 12 } }]);
});
