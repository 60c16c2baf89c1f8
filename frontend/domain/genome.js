// Genomes as engine/space/architecture.py writes them ("R5-S-C3"), and their strips: one cell a searched layer, a bar a pool.

/** @typedef {{code: string, family: "skip" | "scb" | "srb" | "sib" | "dsib", kernel: number, expansion: number, name: string}} Gene */
/** @typedef {{kind: "search" | "max_pool" | "avg_pool", channels: number | null, stride: number, candidates: string[] | null}} Layer */

/**
 * Read one code. Throws where it is none.
 * @param {string} code
 * @returns {Gene}
 */
export function gene(code) {
  if (code === "S") return { code, family: "skip", kernel: 1, expansion: 1, name: "skip_connect" };
  const plain = /^([CR])([357])$/.exec(code);
  if (plain) {
    const residual = plain[1] === "R";
    const kernel = Number(plain[2]);
    return { code, family: residual ? "srb" : "scb", kernel, expansion: 1, name: `${residual ? "SRB" : "SCB"}_k${kernel}` };
  }
  const bottleneck = /^([ID])([35])x([136])$/.exec(code);
  if (!bottleneck) throw new Error(`unknown block code ${code}`);
  const [kernel, expansion] = [Number(bottleneck[2]), Number(bottleneck[3])];
  const family = bottleneck[1] === "I" ? "sib" : "dsib";
  return { code, family, kernel, expansion, name: `${family.toUpperCase()}_k${kernel}_e${expansion}` };
}

/** The code of a block's name: "SRB_k5" → "R5". @param {string} name */
export function codeOf(name) {
  if (name === "skip_connect") return "S";
  const [family, kernel, expansion] = name.split("_");
  const k = kernel.slice(1);
  if (expansion) return `${family === "SIB" ? "I" : "D"}${k}x${expansion.slice(1)}`;
  return `${family === "SRB" ? "R" : "C"}${k}`;
}

/** @param {string} architecture */
export function genes(architecture) {
  return architecture.split("-").map(gene);
}

/**
 * The strip of an architecture, for a table cell.
 * @param {Document} document
 * @param {string} architecture
 * @param {Layer[]} layers of the macro architecture
 * @param {number[]} changed searched layers that differ from the first parent
 */
export function strip(document, architecture, layers, changed = []) {
  const element = document.createElement("span");
  element.className = "genome";
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", `genome ${architecture}`);
  const cells = genes(architecture);
  let searched = 0;
  const end = layers.map((layer) => layer.kind).lastIndexOf("search") + 1; // a pool after it separates nothing
  for (const layer of layers.slice(0, end)) {
    if (layer.kind !== "search") {
      element.append(cell(document, "gene-pool"));
      continue;
    }
    const index = searched++;
    element.append(geneCell(document, cells[index], changed.includes(index)));
  }
  return element;
}

/**
 * @param {Document} document
 * @param {Gene} found
 * @param {boolean} changed
 */
export function geneCell(document, found, changed = false) {
  const element = cell(document, "gene");
  element.dataset.family = found.family;
  element.dataset.kernel = String(found.kernel);
  element.title = changed ? `${found.name}, changed from its parent` : found.name;
  element.textContent = found.code;
  if (changed) element.dataset.changed = "";
  return element;
}

/** @param {Document} document @param {string} name */
function cell(document, name) {
  const element = document.createElement("span");
  element.className = name;
  return element;
}
