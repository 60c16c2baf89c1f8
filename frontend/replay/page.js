// The replay that fills the screen: for talks, and to show somebody what a search is.

import { AddressBar } from "../lib/address_bar.js";
import { byId, setText } from "../lib/dom.js";
import { pageData } from "../lib/http.js";
import { Replayed, still } from "./controls.js";

const FOLLOW_MS = 5000;

/** @type {import("./controls.js").Replay & {running: boolean}} */
const replay = pageData("replay");
const talk = byId("talk");
const asked = new URLSearchParams(location.search).get("g");
const replayed = new Replayed(talk, replay, ({ player }) => {
  if (!player.playing && player.count) address.changed();
});
/** A scene that is only passing by is not worth an address. */
const address = new AddressBar(() => (replayed.player.playing ? location.search : `?g=${replayed.player.index}`));

/** @type {Record<string, () => void>} */
const KEYS = {
  " ": () => replayed.player.toggle(),
  ArrowLeft: () => replayed.seek(replayed.player.index - 1),
  ArrowRight: () => replayed.seek(replayed.player.index + 1),
  Home: () => replayed.seek(0),
  End: () => replayed.seek(replayed.player.count - 1),
  f: fill,
};

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const busy = target.matches("select") || (target.matches("input") && event.key !== " ") || (target.matches("button, a") && event.key === " ");
  const act = KEYS[event.key];
  if (!act || busy || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

function fill() {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void talk.requestFullscreen?.().catch(() => {}); // a browser that refuses leaves the page as it is
}
byId("full").addEventListener("click", fill);
document.addEventListener("fullscreenchange", () => setText(byId("full"), document.fullscreenElement ? "Leave full screen" : "Full screen"));

const speed = /** @type {HTMLSelectElement} */ (byId("speed"));
speed.addEventListener("change", () => {
  replayed.player.speed = Number(speed.value);
  if (replayed.player.playing) replayed.player.again();
});

/** @param {unknown} error */
function complain(error) {
  byId("problem").hidden = false;
  setText(byId("problem"), error instanceof Error ? error.message : String(error));
}

/** While the study runs, new generations join the end. */
async function follow() {
  try {
    const { player } = replayed;
    const atEnd = player.index >= player.count - 1;
    if ((await replayed.more()) && atEnd && !player.playing) player.go(player.count - 1);
  } catch {
    // the next look may reach the server again; what is shown stays
  } finally {
    if (!replayed.state.finished) setTimeout(() => void follow(), FOLLOW_MS);
  }
}

replayed.more().then(() => {
  const { player } = replayed;
  if (asked !== null) player.go(Number(asked) || 0);
  else if (still()) player.go(player.count - 1);
  else if (player.count > 1) player.play();
  if (replay.running) setTimeout(() => void follow(), FOLLOW_MS);
}, complain);
