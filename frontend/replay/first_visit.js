// On the empty list of studies: the recorded quick look plays as soon as it comes into sight.

import { byId, setText } from "../lib/dom.js";
import { pageData } from "../lib/http.js";
import { Replayed, still } from "./controls.js";

const place = byId("first-visit");

async function begin() {
  const problem = /** @type {HTMLElement} */ (place.querySelector("[data-problem]"));
  try {
    const replayed = new Replayed(place, pageData("first-visit-replay"));
    await replayed.more();
    if (still()) replayed.player.go(replayed.player.count - 1);
    else replayed.player.play();
  } catch (error) {
    problem.hidden = false;
    setText(problem, error instanceof Error ? error.message : String(error));
  }
}

const sight = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  sight.disconnect(); // where there are studies it stays hidden, and nothing is loaded
  void begin();
});
sight.observe(place);
