// Stored events by the API, page after page, into the reducer's state.

import { initialState, reduce } from "../wire/state.js";

const LIMIT = 500;

/**
 * The state after all that is stored beyond `state`. Throws with words for a person where the server does not answer.
 * @param {string} url of the events
 * @param {import("../wire/state.js").State} state
 */
export async function load(url, state = initialState) {
  for (;;) {
    const answer = await fetch(`${url}?after=${state.seq}&limit=${LIMIT}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer) throw new Error("The server cannot be reached. Load the page again when it is back.");
    if (!answer.ok) throw new Error("The events of this study cannot be read. Sign in again, or ask its owner.");
    const { events, last_seq: last } = await answer.json();
    const before = state.seq;
    for (const stored of events) state = reduce(state, stored);
    if (state.seq >= last || state.seq === before) return state;
  }
}
