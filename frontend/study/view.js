// What a person looks at, all of it in the URL's query: reading it, writing it, and nothing else.

export const TABS = /** @type {const} */ (["live", "pareto", "population", "map", "lineage", "training", "log"]);
/** @typedef {typeof TABS[number]} Tab */
/** @typedef {"spikes" | "firing_rate" | "parameters"} XAxis */
/** @typedef {"accuracy" | "fitness"} YAxis */
/** @typedef {"id" | "generation" | "architecture" | "accuracy" | "spikes" | "fitness" | "origin"} SortKey */
/** @typedef {"fitness" | "accuracy" | "spikes" | "generation"} MapColour */
/**
 * @typedef {{
 *   tab: Tab,
 *   generation: number | null,
 *   selected: number | null,
 *   asked: string | null,
 *   lambda: number | null,
 *   budget: number | null,
 *   x: XAxis, y: YAxis, log: boolean, iso: boolean, published: boolean,
 *   sort: SortKey, up: boolean,
 *   all: boolean, pattern: string, origin: string, front: boolean, from: number | null, to: number | null,
 *   colour: MapColour,
 *   perNeuron: boolean,
 *   speed: number
 * }} View `generation` null follows the newest; `asked` is an architecture that the search has not evaluated
 */

/** @type {View} */
export const FIRST = Object.freeze({
  tab: "live", generation: null, selected: null, asked: null, lambda: null, budget: null,
  x: "spikes", y: "accuracy", log: false, iso: true, published: true,
  sort: "fitness", up: false, all: false, pattern: "", origin: "", front: false, from: null, to: null,
  colour: "fitness", perNeuron: false, speed: 1,
});

const X_AXES = /** @type {const} */ (["spikes", "firing_rate", "parameters"]);
const Y_AXES = /** @type {const} */ (["accuracy", "fitness"]);
const SORTS = /** @type {const} */ (["id", "generation", "architecture", "accuracy", "spikes", "fitness", "origin"]);
const COLOURS = /** @type {const} */ (["fitness", "accuracy", "spikes", "generation"]);
const ORIGINS = /** @type {const} */ (["", "random", "mutation", "crossover", "enumerated", "proposed"]);
export const SPEEDS = /** @type {const} */ ([0.5, 1, 2, 4, 8]);
const CODE = /^[A-Z][0-9x]*(-[A-Z][0-9x]*)*$/;
const LONGEST = 200;

/** Whether a column is usually read from its smallest value up. @param {SortKey} key */
export const rises = (key) => key === "id" || key === "generation" || key === "spikes" || key === "architecture" || key === "origin";

/** The view of a query; whatever is no view of ours counts as not given. @param {URLSearchParams} query @returns {View} */
export function parse(query) {
  const sort = query.get("sort") ?? "";
  const key = oneOf(SORTS, sort.replace(/^[+-]/, "").trim(), FIRST.sort);
  const generation = whole(query.get("g"));
  const asked = (query.get("a") ?? "").slice(0, LONGEST);
  const lambda = number(query.get("lambda"));
  return {
    tab: oneOf(TABS, query.get("tab"), FIRST.tab),
    generation: generation === null || generation < 1 ? null : generation - 1,
    selected: whole(query.get("c")),
    asked: CODE.test(asked) ? asked : null,
    lambda: lambda === null ? null : Math.min(0, Math.max(-2, lambda)),
    budget: number(query.get("under")),
    x: oneOf(X_AXES, query.get("x"), FIRST.x),
    y: oneOf(Y_AXES, query.get("y"), FIRST.y),
    log: query.get("log") === "1",
    iso: query.get("iso") !== "0",
    published: query.get("published") !== "0",
    sort: key,
    up: sort === "" ? FIRST.up : !sort.startsWith("-"),
    all: query.get("seen") === "all",
    pattern: (query.get("f") ?? "").slice(0, LONGEST),
    origin: oneOf(ORIGINS, query.get("origin"), ""),
    front: query.get("front") === "1",
    from: whole(query.get("from")),
    to: whole(query.get("to")),
    colour: oneOf(COLOURS, query.get("colour"), FIRST.colour),
    perNeuron: query.get("scale") === "neuron",
    speed: oneOf(SPEEDS, Number(query.get("speed")), FIRST.speed),
  };
}

/** The query of a view, holding only what differs from the first one. @param {View} view @returns {string} "" or "?…" */
export function toQuery(view) {
  const query = new URLSearchParams();
  const put = (/** @type {string} */ name, /** @type {string | number | null} */ value, /** @type {unknown} */ usual = null) => {
    if (value !== usual && value !== null) query.set(name, String(value));
  };
  put("tab", view.tab, FIRST.tab);
  if (view.generation !== null) put("g", view.generation + 1);
  put("c", view.selected);
  put("a", view.asked);
  put("lambda", view.lambda);
  put("under", view.budget);
  put("x", view.x, FIRST.x);
  put("y", view.y, FIRST.y);
  if (view.log) put("log", "1");
  if (!view.iso) put("iso", "0");
  if (!view.published) put("published", "0");
  if (view.sort !== FIRST.sort || view.up !== FIRST.up) put("sort", `${view.up ? "" : "-"}${view.sort}`);
  if (view.all) put("seen", "all");
  put("f", view.pattern, "");
  put("origin", view.origin, "");
  if (view.front) put("front", "1");
  put("from", view.from);
  put("to", view.to);
  put("colour", view.colour, FIRST.colour);
  if (view.perNeuron) put("scale", "neuron");
  put("speed", view.speed, FIRST.speed);
  const text = query.toString();
  return text ? `?${text}` : "";
}

/**
 * @template T
 * @param {readonly T[]} allowed
 * @param {unknown} value
 * @param {T} usual
 */
function oneOf(allowed, value, usual) {
  return allowed.find((one) => one === value) ?? usual;
}

/** @param {string | null} text */
function whole(text) {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** @param {string | null} text */
function number(text) {
  const value = text === null || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
