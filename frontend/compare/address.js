// What is compared and how it is looked at, in the address: ?s=ID,ID&a=ID:GENOME,ID:winner&from=0&to=1&scale=neuron.

/** @typedef {{studies: string[], architectures: string[], from: number, to: number, perNeuron: boolean}} View */

/** @param {string} search @returns {View} */
export function read(search) {
  const query = new URLSearchParams(search);
  const parts = (/** @type {string} */ name) => [...new Set((query.get(name) ?? "").split(",").filter(Boolean))];
  const whole = (/** @type {string} */ name, /** @type {number} */ usual) => {
    const number = Number(query.get(name) ?? usual);
    return Number.isInteger(number) && number >= 0 ? number : usual;
  };
  return { studies: parts("s"), architectures: parts("a"), from: whole("from", 0), to: whole("to", 1), perNeuron: query.get("scale") === "neuron" };
}

/** @param {View} view @returns {string} with its question mark, or empty */
export function write(view) {
  const parts = [];
  // ids and genomes hold letters, digits, "-" and ":", all of which may stand in a query as they are
  if (view.studies.length) parts.push(`s=${view.studies.map(encode).join(",")}`);
  if (view.architectures.length) parts.push(`a=${view.architectures.map(encode).join(",")}`);
  if (view.from !== 0) parts.push(`from=${view.from}`);
  if (view.to !== 1) parts.push(`to=${view.to}`);
  if (view.perNeuron) parts.push("scale=neuron");
  return parts.length ? `?${parts.join("&")}` : "";
}

/** @param {string} text */
function encode(text) {
  return encodeURIComponent(text).replaceAll("%3A", ":");
}

/** What the server is asked; how it is looked at does not concern it. @param {View} view */
export function query(view) {
  return write({ ...view, from: 0, to: 1, perNeuron: false });
}
