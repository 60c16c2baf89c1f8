// Licence and citation: facts of a built-in data set, fields of one's own.

import { h, setText } from "../lib/dom.js";
import { send } from "../lib/http.js";

/** @typedef {import("./types.js").Detail} Detail */

/** @param {HTMLElement} place @param {Detail} dataset @param {(changed: Detail) => void} onChange */
export function drawAbout(place, dataset, onChange) {
  place.replaceChildren(...(dataset.may_edit ? form(dataset, onChange) : facts(dataset)));
}

/** @param {Detail} dataset */
function facts(dataset) {
  const sources = dataset.sources.map(({ url, md5 }) => h("li", {}, h("code", {}, url), ` MD5 `, h("code", {}, md5)));
  return [
    h("p", {}, `Licence: ${dataset.licence || "unknown"}`),
    h("p", {}, `Cite: ${dataset.citation || "unknown"}`),
    ...(sources.length ? [h("p", {}, "Official files:"), h("ul", { class: "small wrap" }, ...sources)] : []),
  ];
}

/** @param {Detail} dataset @param {(changed: Detail) => void} onChange */
function form(dataset, onChange) {
  const licence = field("licence", "Licence", dataset.licence, 200);
  const citation = field("citation", "Citation", dataset.citation, 500);
  const shared = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: dataset.shared }));
  const said = h("span", { class: "small", role: "status" });
  const save = h("button", { type: "button" }, "Save");
  save.addEventListener("click", async () => {
    const { status, data } = await send("POST", `/api/datasets/${dataset.id}/describe`, {
      licence: licence.input.value, citation: citation.input.value, shared: shared.checked,
    });
    setText(said, status === 200 ? "Saved." : (data.problems?.[0] ? `${data.problems[0].field}: ${data.problems[0].message}` : data.error ?? "not saved"));
    if (status === 200) onChange(data);
  });
  return [licence.row, citation.row, h("label", { class: "check" }, shared, " Everyone on this server may use it"), h("p", { class: "go" }, save, " ", said)];
}

/** @param {string} id @param {string} name @param {string} value @param {number} most */
function field(id, name, value, most) {
  const input = /** @type {HTMLInputElement} */ (h("input", { id, type: "text", value, maxlength: most, autocomplete: "off" }));
  return { input, row: h("div", { class: "field" }, h("label", { for: id }, name), input) };
}
