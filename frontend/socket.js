// One study's stream: connects after the last applied event, comes back by itself, polls where sockets cannot pass.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const QUIET_MS = 3_000;
const SOCKET_TRIES = 4;
const FIRST_TRIES = 2; // where no socket ever opened something on the way blocks them
const POLL_MS = 2_000;
const FINAL_CODES = { 4401: "You are signed out. Sign in again to go on watching.", 4404: "This study is gone, or not yours." };

/**
 * @typedef {{
 *   events: (events: import("./events.js").StoredEvent[]) => void,
 *   progress: (event: import("./events.js").ProvisionalEvent) => void,
 *   summary: (summary: import("./events.js").Summary) => void,
 *   status: (status: "live" | "reconnecting" | "polling" | "ended", message: string) => void,
 *   cursor: () => number
 * }} Handlers
 */
/**
 * What the stream needs of the browser; tests bring their own.
 * @typedef {{
 *   open: (url: string) => WebSocket,
 *   fetch: (url: string) => Promise<Response>,
 *   later: (run: () => void, ms: number) => number,
 *   cancel: (timer: number) => void,
 *   random: () => number,
 *   origin: string
 * }} Browser
 */

/** @type {() => Browser} */
export const realBrowser = () => ({
  open: (url) => new WebSocket(url),
  fetch: (url) => fetch(url, { headers: { Accept: "application/json" } }),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
  random: Math.random,
  origin: location.origin,
});

export class Stream {
  /**
   * @param {string} study
   * @param {Handlers} handlers
   * @param {Browser} browser
   */
  constructor(study, handlers, browser = realBrowser()) {
    this.study = study;
    this.handlers = handlers;
    this.browser = browser;
    this.failures = 0;
    this.closed = false;
    this.polling = false;
    this.heard = false;
    this.refilled = -1;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {number | null} */
    this.quiet = null;
    this.overdue = false; // whether the loss has lasted so long that it is said
    this.connect();
  }

  connect() {
    if (this.closed) return;
    const origin = this.browser.origin.replace(/^http/, "ws");
    const socket = this.browser.open(`${origin}/ws/studies/${this.study}?after=${this.handlers.cursor()}`);
    this.socket = socket;
    socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    socket.onclose = (event) => this.lost(event.code);
  }

  /** @param {any} frame */
  receive(frame) {
    this.failures = 0;
    this.polling = false;
    this.heard = true;
    this.hush();
    this.handlers.status("live", "");
    if (frame.type === "events") this.handlers.events(frame.events);
    if (frame.type === "progress") this.handlers.progress(frame.event);
    if (frame.type === "hello" || frame.type === "summary") this.handlers.summary(frame.summary);
  }

  /** Ask again for everything after the cursor, because something is missing in between; once per cursor. */
  refill() {
    const after = this.handlers.cursor();
    if (after === this.refilled || this.socket?.readyState !== 1) return;
    this.refilled = after;
    this.socket.send(JSON.stringify({ after }));
  }

  /** @param {number} code */
  lost(code) {
    if (this.closed) return;
    const final = FINAL_CODES[/** @type {keyof typeof FINAL_CODES} */ (code)];
    if (final) {
      this.end(final);
      return;
    }
    this.failures += 1;
    this.refilled = -1;
    if (!this.polling) this.quiet ??= this.browser.later(() => this.complain(), QUIET_MS);
    if (this.failures >= (this.heard ? SOCKET_TRIES : FIRST_TRIES) && !this.polling) {
      this.polling = true;
      this.poll();
    }
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures);
    this.browser.later(() => this.connect(), this.browser.random() * longest);
  }

  /** While no socket passes: the same events over plain requests. Ends when a socket brings a frame. */
  async poll() {
    if (this.closed || !this.polling) return;
    try {
      const answers = [`/events?after=${this.handlers.cursor()}`, ""].map((path) => this.browser.fetch(`/api/studies/${this.study}${path}`));
      const [events, summary] = await Promise.all(answers);
      if (summary.redirected) return this.end(FINAL_CODES[4401]);
      if (summary.status === 404) return this.end(FINAL_CODES[4404]);
      if (!events.ok || !summary.ok) throw new Error(`the server answered ${summary.status}`);
      const { events: found, last_seq: last } = await events.json();
      this.take(found, await summary.json());
      if (found.length && last > this.handlers.cursor()) return void this.poll(); // a long past comes in parts
    } catch {
      if (this.polling && this.overdue) this.complain();
    }
    this.browser.later(() => this.poll(), POLL_MS);
  }

  /**
   * @param {import("./events.js").StoredEvent[]} events
   * @param {import("./events.js").Summary} summary
   */
  take(events, summary) {
    if (!this.polling) return; // a socket was faster; what it brings is newer
    this.hush();
    this.handlers.status("polling", "live by polling: sockets are blocked on the way");
    this.handlers.events(events);
    this.handlers.summary(summary);
  }

  complain() {
    this.overdue = true;
    this.handlers.status("reconnecting", "reconnecting");
  }

  hush() {
    this.overdue = false;
    if (this.quiet !== null) this.browser.cancel(this.quiet);
    this.quiet = null;
  }

  /** @param {string} message */
  end(message) {
    this.close();
    this.handlers.status("ended", message);
  }

  close() {
    this.closed = true;
    this.hush();
    this.socket?.close();
  }
}
