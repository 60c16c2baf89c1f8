// Asking the server what a config means: soon after each change, one answer at a time, again after a lost connection.

import { post } from "../lib/http.js";

/** @typedef {{field: string, message: string}} Problem */
/** @typedef {import("./numbers.js").Estimate} Estimate */

const ASK_AFTER_MS = 120;
const RETRY_MS = 5000;

export class Estimates {
  #asked = 0;
  #timer = 0;

  /**
   * @param {() => {config: any, firing_rate: number | string | null}} question what to ask when it is time
   * @param {(answer: {estimate: Estimate} | {problems: Problem[]} | {trouble: string}) => void} heard
   */
  constructor(question, heard) {
    this.question = question;
    this.heard = heard;
  }

  soon(delay = ASK_AFTER_MS) {
    this.#asked++;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), delay);
  }

  /** What is on its way no longer matters. */
  stop() {
    this.#asked++;
    clearTimeout(this.#timer);
  }

  async #ask() {
    const mine = this.#asked;
    const answer = await post("/api/estimate", this.question());
    if (mine !== this.#asked) return;
    if (answer.status === 200 && answer.data.digest) this.heard({ estimate: answer.data });
    else if (answer.status === 422) this.heard({ problems: answer.data.problems });
    else {
      this.heard({ trouble: refusal(answer) });
      this.soon(RETRY_MS);
    }
  }
}

/** An answer that is neither yes nor a list of problems, in words. @param {{status: number, data: any}} answer */
export function refusal({ status, data }) {
  if (status === 0 || status === 401) return data.error;
  if (status === 403) return "You are signed out. Sign in again in another tab; your input is kept.";
  return `The server answered ${status}. Your input is kept; try again.`;
}
