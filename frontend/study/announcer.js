// Says to screen readers what has come, at most one message in five seconds; of several waiting the newest.

const PAUSE_MS = 5_000;

export class Announcer {
  /** @param {HTMLElement} place a polite live region @param {(run: () => void, ms: number) => unknown} later */
  constructor(place, later = (run, ms) => setTimeout(run, ms)) {
    this.place = place;
    this.later = later;
    this.waiting = "";
    this.resting = false;
  }

  /** @param {string} message */
  say(message) {
    this.waiting = message;
    if (!this.resting) this.speak();
  }

  speak() {
    this.resting = this.waiting !== "";
    if (!this.resting) return;
    this.place.textContent = this.waiting;
    this.waiting = "";
    this.later(() => this.speak(), PAUSE_MS);
  }
}
