// One study's stream: connects after the last applied event, comes back by itself, polls where sockets cannot pass.

import { realBrowser } from "../lib/browser.js";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const QUIET_MS = 3_000;
const SILENCE_MS = 20_000; // a network that goes away closes no socket: after so long without a word the server is asked
const CHECK_MS = 8_000;
const ANSWER_MS = 60_000;
const SOCKET_TRIES = 4;
const FIRST_TRIES = 2; // where no socket ever opened something on the way blocks them
const POLL_MS = 2_000;
const OPEN = 1;
const FINAL_CODES = { 4401: "You are signed out. Sign in again to continue.", 4404: "This study was deleted, or belongs to another user." };

/** @typedef {"live" | "reconnecting" | "offline" | "polling" | "ended"} Status */
/**
 * @typedef {{
 *   events: (events: import("./events.js").StoredEvent[]) => void,
 *   progress: (event: import("./events.js").ProvisionalEvent) => void,
 *   summary: (summary: import("./events.js").Summary) => void,
 *   status: (status: Status, message: string) => void,
 *   cursor: () => number
 * }} Handlers
 */

export class Stream {
  /**
   * @param {string} study
   * @param {Handlers} handlers
   * @param {import("../lib/browser.js").Browser} browser
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
    /** @type {number | null} */
    this.retry = null;
    /** @type {number | null} */
    this.silence = null;
    this.frames = 0;
    this.checking = false;
    browser.woken(() => void this.check());
    this.connect();
  }

  /** A socket after the cursor, in the place of the one before. */
  connect() {
    if (this.closed) return;
    this.leave();
    const origin = this.browser.origin.replace(/^http/, "ws");
    const socket = this.browser.open(`${origin}/ws/studies/${this.study}?after=${this.handlers.cursor()}`);
    this.socket = socket;
    socket.onmessage = (message) => void (socket === this.socket && this.receive(JSON.parse(message.data)));
    socket.onclose = (event) => void (socket === this.socket && this.lost(event.code));
    this.watch();
  }

  /** Take no more of the socket, and let nothing wait for it. */
  leave() {
    const { socket } = this;
    this.socket = null;
    socket?.close();
    for (const timer of [this.retry, this.silence]) if (timer !== null) this.browser.cancel(timer);
    [this.retry, this.silence] = [null, null];
  }

  watch() {
    if (this.silence !== null) this.browser.cancel(this.silence);
    this.silence = this.browser.later(() => void this.check(), SILENCE_MS);
  }

  /** Whether the socket still brings what the server has: asked after a silence, and when network or page come back. */
  async check() {
    if (this.closed || this.checking) return;
    const { socket, frames } = this;
    if (socket?.readyState !== OPEN) {
      if (this.browser.online()) this.connect();
      return;
    }
    this.checking = true;
    const found = await this.ask("", CHECK_MS);
    this.checking = false;
    if (socket !== this.socket || frames !== this.frames || found === "ended") return;
    if (!found) this.lost(0);
    else if (found.last_seq > this.handlers.cursor()) this.connect();
    else this.watch();
  }

  /** The API's word on the study; null where there is none, "ended" where it is its last. @param {string} path @param {number} ms */
  async ask(path, ms) {
    try {
      const answer = await this.browser.fetch(`/api/studies/${this.study}${path}`, ms);
      const final = answer.status === 401 ? FINAL_CODES[4401] : answer.status === 404 ? FINAL_CODES[4404] : "";
      if (!final) return answer.ok ? await answer.json() : null;
      this.end(final);
      return "ended";
    } catch {
      return null; // who asked says what that means
    }
  }

  /** @param {any} frame */
  receive(frame) {
    this.frames += 1;
    this.watch();
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
    if (after === this.refilled || this.socket?.readyState !== OPEN) return;
    this.refilled = after;
    this.socket.send(JSON.stringify({ after }));
  }

  /** @param {number} code */
  lost(code) {
    if (this.closed) return;
    const final = FINAL_CODES[/** @type {keyof typeof FINAL_CODES} */ (code)];
    if (final) return this.end(final);
    this.leave();
    this.failures += 1;
    this.refilled = -1;
    if (!this.polling) this.doubt();
    if (this.failures >= (this.heard ? SOCKET_TRIES : FIRST_TRIES) && !this.polling) {
      this.polling = true;
      this.poll();
    }
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures);
    this.retry = this.browser.later(() => this.connect(), this.browser.random() * longest);
  }

  /** While no socket passes: the same events over plain requests. Ends when a socket brings a frame. */
  async poll() {
    if (this.closed || !this.polling) return;
    const [events, summary] = await Promise.all([`/events?after=${this.handlers.cursor()}`, ""].map((path) => this.ask(path, ANSWER_MS)));
    if (this.closed) return;
    if (events && summary) this.take(events.events, summary);
    else if (this.polling) this.doubt();
    if (events?.events.length && events.last_seq > this.handlers.cursor()) return void this.poll(); // a long past comes in parts
    this.browser.later(() => void this.poll(), POLL_MS);
  }

  /**
   * @param {import("./events.js").StoredEvent[]} events
   * @param {import("./events.js").Summary} summary
   */
  take(events, summary) {
    if (!this.polling) return; // a socket was faster; what it brings is newer
    this.hush();
    this.handlers.status("polling", "Live by polling: WebSockets are blocked");
    this.handlers.events(events);
    this.handlers.summary(summary);
  }

  /** A short break is not worth a word; of a long one it is said what is known by now. */
  doubt() {
    if (this.overdue) this.complain();
    else this.quiet ??= this.browser.later(() => this.complain(), QUIET_MS);
  }

  complain() {
    this.overdue = true;
    if (this.browser.online()) this.handlers.status("reconnecting", "Reconnecting");
    else this.handlers.status("offline", "Offline, showing stored data");
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
    this.leave();
  }
}
