// The fronts as files: SVG as the server draws it, PNG as this browser draws that.

import { h, setText } from "../lib/dom.js";
import { png, save } from "../paper/png.js";

export class Downloads {
  /** @param {HTMLElement} place what they stand behind */
  constructor(place) {
    this.svg = h("a", { class: "button", download: "fronts.svg" }, "SVG");
    this.png = h("button", { type: "button" }, "PNG");
    this.problem = h("p", { class: "problem", role: "alert", hidden: true });
    this.line = h("div", { class: "tools", role: "group", "aria-label": "The fronts as a picture" }, h("span", { class: "muted" }, "Download as"), this.svg, this.png);
    this.address = "";
    this.png.addEventListener("click", () => void this.take());
    place.after(this.line, this.problem);
  }

  /** @param {import("./types.js").Compared[]} studies in the order of their series */
  render(studies) {
    this.line.hidden = !studies.some((study) => study.front.length);
    this.address = `/api/compare/fronts.svg?s=${studies.map((study) => study.id).join(",")}`;
    this.svg.setAttribute("href", this.address);
  }

  async take() {
    this.problem.hidden = true;
    try {
      save(await png(this.address), "fronts.png");
    } catch (error) {
      this.problem.hidden = false;
      setText(this.problem, error instanceof Error ? error.message : String(error));
    }
  }
}
