// What a stream needs of the browser: sockets, requests that end, timers, and word of the network. Tests bring their own.

/**
 * @typedef {{
 *   open: (url: string) => WebSocket,
 *   fetch: (url: string, ms: number) => Promise<Response>,
 *   later: (run: () => void, ms: number) => number,
 *   cancel: (timer: number) => void,
 *   random: () => number,
 *   online: () => boolean,
 *   woken: (run: () => void) => void,
 *   origin: string
 * }} Browser `fetch` gives up after so many milliseconds; `woken` runs when the network changes or the page comes back
 */

/** @type {() => Browser} */
export const realBrowser = () => ({
  open: (url) => new WebSocket(url),
  fetch: (url, ms) => fetch(url, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(ms) }),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
  random: Math.random,
  online: () => navigator.onLine,
  woken,
  origin: location.origin,
});

/** A page taken from the back/forward cache, or looked at again, may have slept through the end of its socket. @param {() => void} run */
function woken(run) {
  for (const kind of ["online", "offline"]) addEventListener(kind, run);
  addEventListener("pageshow", (event) => void (event.persisted && run()));
  document.addEventListener("visibilitychange", () => void (document.hidden || run()));
}
