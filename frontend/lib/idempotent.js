// A launch that can be said again: while it stays the same one, its key does, and the server makes one study of it.

import { post } from "./http.js";

const LOST = "The server cannot be reached, or its answer was lost. Your input is kept; try again: this creates no second study.";

export class Once {
  #key = "";
  #body = "";

  /** @param {() => string} newKey */
  constructor(newKey = randomKey) {
    this.newKey = newKey;
  }

  /**
   * Post it under its key. What is refused or made is over: whatever comes next is a launch of its own.
   * @param {string} url @param {unknown} study
   * @returns {Promise<{status: number, data: any}>} status 0 where no answer came
   */
  async post(url, study) {
    const body = JSON.stringify(study);
    if (!this.#key || body !== this.#body) [this.#key, this.#body] = [this.newKey(), body];
    const answer = await post(url, body, { "Idempotency-Key": this.#key });
    if (decided(answer.status)) this.#key = "";
    return answer.status === 0 ? { status: 0, data: { error: LOST } } : answer;
  }
}

/** Whether the server has said yes or no; without an answer, or in trouble, it may have made the study. @param {number} status */
function decided(status) {
  return status >= 200 && status < 500;
}

/** Also where the page came without TLS, so that the browser has no crypto.randomUUID. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
