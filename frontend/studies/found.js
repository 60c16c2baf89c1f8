// What the list holds of all studies, and what of it is shown for the words typed: filtered here where all are here.

/** @typedef {import("../wire/events.js").Summary} Summary */
/** @typedef {{studies: Summary[], next: string | null, count: number, total: number}} Answer a page; `count` of all `total` have the words */

export class Found {
  /** The words the server has picked these studies by. */
  answered = "";

  /** @param {Answer} page without regard to any words @param {{archived: boolean, before: string, text: string}} opened as the address had it */
  constructor(page, opened) {
    this.page = page;
    this.opened = opened;
  }

  get studies() {
    return this.page.studies;
  }

  /** Whether some studies are not here. */
  get partial() {
    return this.page.total > this.page.studies.length;
  }

  /** Whether only the server can tell which studies have these words. @param {string} text */
  unknown(text) {
    return this.partial && asked(text) !== this.answered;
  }

  /** The cursor the page was opened at; other words begin at the newest. @param {string} text */
  before(text) {
    return asked(text) === asked(this.opened.text) ? this.opened.before : "";
  }

  /** What to ask the server. @param {string} text */
  question(text) {
    return new URLSearchParams({ archived: this.opened.archived ? "1" : "", before: this.before(text), q: this.partial ? asked(text) : "" });
  }

  /** The address of the studies that come after these; null where there are none. */
  get older() {
    if (this.page.next === null) return null;
    const address = new URLSearchParams({ before: this.page.next });
    if (this.opened.archived) address.set("archived", "1");
    if (this.answered) address.set("q", this.answered);
    return `/?${address}`;
  }

  /** @param {Answer} page @param {string} words it was asked for with */
  take(page, words) {
    this.page = page;
    this.answered = words;
  }

  /** @param {string} id */
  drop(id) {
    const { studies, count, total } = this.page;
    this.page = { ...this.page, studies: studies.filter((study) => study.id !== id), count: count - 1, total: total - 1 };
  }

  /** @param {Summary} study @param {string} text */
  shows(study, text) {
    if (asked(text) === this.answered) return true;
    const words = `${study.name} ${study.dataset} ${study.dataset_title} ${study.state} ${study.owner}`.toLowerCase();
    return asked(text).toLowerCase().split(" ").every((word) => words.includes(word));
  }

  /** How many are shown, of how many. @param {number} shown @param {string} text */
  counted(shown, text) {
    const { studies, count, total } = this.page;
    if (this.unknown(text)) return `${shown} of the ${studies.length} here; searching all ${total} …`;
    if (!asked(text)) return this.partial ? `${shown} of all ${total} studies` : `${total} ${total === 1 ? "study" : "studies"}`;
    if (!this.partial) return `${shown} of ${total}`;
    return shown < count ? `${shown} of ${count} found among all ${total}` : `${count} of all ${total}`;
  }
}

/** The words as they are asked for. @param {string} text */
function asked(text) {
  return text.split(/\s+/).filter(Boolean).join(" ");
}
