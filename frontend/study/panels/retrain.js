// "Retrain this architecture": from scratch, with several seeds, in a study of its own.

import { fold, h } from "../../lib/dom.js";
import { Once } from "../../lib/idempotent.js";

const MOST_SEEDS = 100;
const launch = new Once();

/** Closed until a person opens it. @param {HTMLElement} owner remembers whether it is open @param {string} study @param {string} architecture */
export function retrainForm(owner, study, architecture) {
  const seeds = /** @type {HTMLInputElement} */ (h("input", { type: "number", name: "seeds", value: "1", min: "1", max: String(MOST_SEEDS), required: true }));
  const said = h("p", { class: "small", role: "status" });
  const form = h(
    "form",
    { class: "retrain-form" },
    h("p", { class: "hint" }, "From scratch, with the data, network and retrain recipe of this study, in a study of its own. The result joins the rank correlation of the supernet under Training."),
    h("label", {}, "Seeds ", seeds),
    h("button", { class: "primary" }, "Retrain"),
    said,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(study, { architectures: [architecture], seeds: seeds.valueAsNumber }, said);
  });
  return fold(owner, `retrain-${architecture}`, "Retrain this architecture", form);
}

/** @param {string} study @param {{architectures: string[], seeds: number}} body @param {HTMLElement} said */
async function send(study, body, said) {
  const { status, data } = await launch.post(`/api/studies/${study}/retrain`, body);
  if (status === 200 || status === 201) return said.replaceChildren("It is queued: ", h("a", { href: data.url }, "open its study"), ".");
  const problems = (data.problems ?? []).map((/** @type {{field: string, message: string}} */ p) => (p.field ? `${p.field}: ${p.message}` : p.message));
  said.replaceChildren(h("span", { class: "problem" }, data.error ?? (problems.join("; ") || `the server answered ${status}`)));
}
