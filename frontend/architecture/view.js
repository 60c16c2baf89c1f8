// What the page shows, as its URL holds it: weights, layer, sample, time step, scale, and what it is set beside.

/** @typedef {import("./types.js").Weights} Weights */
/** @typedef {import("./types.js").Split} Split */
/** @typedef {{weights: Weights, split: Split, sample: number | null, layer: number, t: number, perNeuron: boolean, beside: string}} View */

/** @param {string} query @param {import("./types.js").Page} page @returns {View} */
export function readView(query, page) {
  const asked = new URLSearchParams(query);
  const retrained = page.retrained !== null && (asked.get("weights") === "retrained" || page.trained.supernet !== "");
  const weights = retrained ? "retrained" : "supernet";
  const split = retrained || asked.get("split") === "test" ? "test" : "validation";
  return {
    weights,
    split,
    sample: whole(asked.get("sample"), page.trained.samples[split] - 1),
    layer: whole(asked.get("layer"), page.rows.length - 1) ?? 0,
    t: Math.max(1, whole(asked.get("t"), page.time_steps) ?? page.time_steps),
    perNeuron: asked.get("scale") === "neuron",
    beside: asked.get("with") ?? "",
  };
}

/** @param {View} view @param {import("./types.js").Page} page @returns {string} with its question mark, or empty */
export function writeView(view, page) {
  const said = new URLSearchParams();
  if (view.weights === "retrained") said.set("weights", "retrained");
  else if (view.split === "test") said.set("split", "test");
  if (view.sample !== null) said.set("sample", String(view.sample));
  if (view.layer) said.set("layer", String(view.layer));
  if (view.t !== page.time_steps) said.set("t", String(view.t));
  if (view.perNeuron) said.set("scale", "neuron");
  if (view.beside) said.set("with", view.beside);
  const query = said.toString();
  return query && `?${query}`;
}

/** A whole number from 0 to `most`; null where the text is none. @param {string | null} text @param {number} most */
function whole(text, most) {
  return text !== null && /^\d{1,9}$/.test(text) && Number(text) <= most ? Number(text) : null;
}
