// The report: printing it, and its pictures as PNG.

import { byId, setText } from "../lib/dom.js";
import { png, save } from "./png.js";

byId("print").addEventListener("click", () => print());
for (const button of document.querySelectorAll("button[data-png]")) {
  const { png: url = "", name = "" } = /** @type {HTMLElement} */ (button).dataset;
  button.addEventListener("click", async () => {
    const problem = byId("problem");
    problem.hidden = true;
    try {
      save(await png(url), name);
    } catch (error) {
      problem.hidden = false;
      setText(problem, error instanceof Error ? error.message : String(error));
    }
  });
}
