// The whole search space on a canvas: a cell an architecture, laid out by its genes, coloured by what is known of it.

import { heat, mix, token } from "../../lib/colours.js";
import { byId, h, setText } from "../../lib/dom.js";
import { exact, percent, short } from "../../lib/format.js";
import { layout } from "../../domain/space.js";

/** @typedef {import("../../wire/events.js").Candidate} Candidate */
/** @typedef {import("../frame.js").Frame} Frame */
/** @typedef {import("../view.js").View} View */
/** @typedef {import("../inspections.js").Inspection} Inspection */
/** @typedef {{left: number, top: number, cell: number, line: number, gapX: number, gapY: number, spanX: number, spanY: number}} Grid */

const LABEL = 34;
const TOP = 22;
const GAP = 5;
/** Room for the ring around a cell at the edge. */
const MARGIN = 3;
const SHADES = 64;

export class SpaceMap {
  /**
   * @param {HTMLElement} place
   * @param {string[][]} choices
   * @param {{choose: (architecture: string) => void, hover: (id: number | null) => void, selected: () => string | null}} act `selected` is the architecture that is selected now
   */
  constructor(place, choices, act) {
    this.choices = choices;
    this.act = act;
    this.base = /** @type {HTMLCanvasElement} */ (h("canvas", { "aria-hidden": "true" }));
    this.over = /** @type {HTMLCanvasElement} */ (h("canvas", { tabindex: 0, role: "application", "aria-label": "Map of the search space: arrow keys move, Enter selects", "aria-describedby": "map-words" }));
    this.place = place;
    place.replaceChildren(this.base, this.over);
    /** @type {import("../../domain/space.js").Layout | null} */
    this.layout = null;
    /** @type {Map<string, number>} */
    this.places = new Map();
    /** @type {Map<string, Candidate>} */
    this.evaluated = new Map();
    this.known = 0;
    /** Evaluated, but not in the sample yet. @type {Set<string>} */
    this.outside = new Set();
    this.shape = "";
    /** @type {Candidate[]} */
    this.all = [];
    this.drawn = "";
    /** The cell under the pointer or the keys. @type {number | null} */
    this.cursor = null;
    /** @type {{hovered: number | null, selected: string | null, best: string | null}} */
    this.marks = { hovered: null, selected: null, best: null };
    this.over.addEventListener("pointermove", (event) => this.point(this.cellAt(event.offsetX, event.offsetY)));
    this.over.addEventListener("pointerleave", () => this.point(null));
    this.over.addEventListener("click", (event) => this.choose(this.cellAt(event.offsetX, event.offsetY)));
    this.over.addEventListener("keydown", (event) => this.key(event));
    this.over.addEventListener("blur", () => this.point(null));
  }

  repaint() {
    this.drawn = "";
  }

  /**
   * @param {Frame} frame
   * @param {Candidate[]} all evaluated in the whole study: the colours' scale, so that scrubbing changes no colour
   * @param {View} view
   * @param {import("../inspections.js").Inspections} inspections
   */
  render(frame, all, view, inspections) {
    const width = this.place.clientWidth;
    if (!width) return;
    /** @type {HTMLSelectElement} */ (byId("map-colour")).value = view.colour;
    const height = this.place.clientHeight;
    this.learn(all, width, height);
    this.frame = frame;
    this.inspections = inspections;
    const key = [width, frame.shown, frame.planned, frame.candidates.length, all.length, view.colour, frame.rule.lambda, inspections.version].join("/");
    if (key !== this.drawn) {
      this.drawn = key;
      this.draw(frame, all, view, width, height);
    }
    this.marks = { ...this.marks, selected: this.act.selected(), best: frame.best?.architecture ?? null };
    this.mark();
  }

  /** What is evaluated outside the sample comes into it; not while a person points at a cell, for that moves the others. @param {Candidate[]} all @param {number} width @param {number} height */
  learn(all, width, height) {
    this.all = all;
    for (; this.known < all.length; this.known++) {
      const { architecture } = all[this.known];
      this.evaluated.set(architecture, all[this.known]);
      if (!this.places.has(architecture)) this.outside.add(architecture);
    }
    const shape = String(width > 560);
    const current = this.shape === shape && (!this.outside.size || this.cursor !== null);
    if (this.layout && current) return;
    const pointed = this.cursor === null ? undefined : this.layout?.cells[this.cursor];
    this.shape = shape;
    this.layout = layout(this.choices, this.evaluated.keys(), width / height);
    this.places = new Map(this.layout.cells.map((code, i) => [code, i]));
    this.outside.clear();
    this.cursor = pointed === undefined ? null : (this.places.get(pointed) ?? null);
    this.drawn = "";
  }

  /** @param {number} width @param {number} height @returns {Grid} */
  grid(width, height) {
    const { columns, rows, across, down } = /** @type {import("../../domain/space.js").Layout} */ (this.layout);
    const [spanX, spanY] = [across.length > 1 ? across[0].span : columns, down.length > 1 ? down[0].span : rows];
    const [gapsX, gapsY] = [Math.ceil(columns / spanX) - 1, Math.ceil(rows / spanY) - 1];
    const [left, top] = [down.length ? LABEL : MARGIN, across.length ? TOP : MARGIN];
    return { left, top, spanX, spanY, gapX: GAP, gapY: GAP, cell: (width - left - gapsX * GAP - MARGIN) / columns, line: (height - top - gapsY * GAP - MARGIN) / rows };
  }

  /** @param {number} index @returns {[number, number]} */
  corner(index) {
    const { columns } = /** @type {import("../../domain/space.js").Layout} */ (this.layout);
    const grid = /** @type {Grid} */ (this.box);
    const [column, row] = [index % columns, Math.floor(index / columns)];
    return [grid.left + column * grid.cell + Math.floor(column / grid.spanX) * grid.gapX, grid.top + row * grid.line + Math.floor(row / grid.spanY) * grid.gapY];
  }

  /** @param {number} x @param {number} y @returns {number | null} */
  cellAt(x, y) {
    const { columns, rows, cells } = this.layout ?? { columns: 0, rows: 0, cells: [] };
    const grid = this.box;
    if (!grid) return null;
    const along = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ span, /** @type {number} */ gap) => {
      const group = Math.floor(at / (span * size + gap));
      return group * span + Math.min(span - 1, Math.floor((at - group * (span * size + gap)) / size));
    };
    const [column, row] = [along(x - grid.left, grid.cell, grid.spanX, grid.gapX), along(y - grid.top, grid.line, grid.spanY, grid.gapY)];
    const index = row * columns + column;
    return x >= grid.left && y >= grid.top && column < columns && row < rows && index < cells.length ? index : null;
  }

  /** @param {Frame} frame @param {Candidate[]} all @param {View} view @param {number} width @param {number} height */
  draw(frame, all, view, width, height) {
    for (const canvas of [this.base, this.over]) fit(canvas, width, height);
    this.box = this.grid(width, height);
    const ctx = this.base.getContext("2d");
    if (!ctx || !this.layout) return;
    ctx.clearRect(0, 0, width, height);
    const { of, shades, words } = colouring(frame, all, view);
    const { cell, line } = this.box;
    const [w, hgt] = [cell > 4 ? cell - 1 : Math.max(cell, 0.6), line > 4 ? line - 1 : Math.max(line, 0.6)];
    ctx.fillStyle = mix(token("--surface"), token("--muted"), 0.16);
    for (let i = 0; i < this.layout.cells.length; i++) ctx.fillRect(...this.corner(i), w, hgt);
    /** @type {number[][]} cells by shade, for a change of colour costs more than a cell */
    const cells = shades.map(() => []);
    for (const c of frame.candidates) {
      const place = this.places.get(c.architecture);
      if (place !== undefined) cells[of(c)].push(place);
    }
    cells.forEach((places, shade) => {
      ctx.fillStyle = shades[shade];
      for (const place of places) ctx.fillRect(...this.corner(place), w, hgt);
    });
    this.drawRequested(ctx, w, hgt);
    this.labels(ctx, width);
    legend(words, shades);
  }

  /** Evaluated manually: a ring in ink, for it belongs to no generation. @param {CanvasRenderingContext2D} ctx @param {number} w @param {number} hgt */
  drawRequested(ctx, w, hgt) {
    ctx.strokeStyle = token("--ink");
    for (const one of this.inspections?.all.values() ?? []) {
      const place = this.places.get(one.architecture);
      if (place === undefined || one.state === "refused") continue;
      const [x, y] = this.corner(place);
      ctx.lineWidth = one.result ? 1.5 : 1;
      ctx.setLineDash(one.result ? [] : [2, 2]);
      ctx.strokeRect(x + 0.75, y + 0.75, Math.max(w - 1.5, 2), Math.max(hgt - 1.5, 2));
    }
    ctx.setLineDash([]);
  }

  /** The outer gene of each side. @param {CanvasRenderingContext2D} ctx @param {number} width */
  labels(ctx, width) {
    const { across, down } = /** @type {import("../../domain/space.js").Layout} */ (this.layout);
    const grid = /** @type {Grid} */ (this.box);
    ctx.fillStyle = token("--muted");
    ctx.font = "12px ui-monospace, monospace";
    ctx.textBaseline = "middle";
    ctx.textAlign = "center";
    const [band, side] = [across[0], down[0]];
    band?.codes.forEach((code, i) => {
      const x = grid.left + i * (band.span * grid.cell + (across.length > 1 ? grid.gapX : 0)) + (band.span * grid.cell) / 2;
      if (band.span * grid.cell > 16) ctx.fillText(code, x, TOP / 2, width);
    });
    side?.codes.forEach((code, i) => {
      const y = grid.top + i * (side.span * grid.line + (down.length > 1 ? grid.gapY : 0)) + (side.span * grid.line) / 2;
      if (side.span * grid.line > 12) ctx.fillText(code, LABEL / 2, y, LABEL - 4);
    });
  }

  /** @param {number | null} id of a candidate that is hovered somewhere */
  hover(id) {
    this.marks.hovered = id;
    this.mark();
  }

  /** @param {number | null} cell */
  point(cell) {
    if (cell === this.cursor) return;
    this.cursor = cell;
    const candidate = cell === null ? undefined : this.candidateAt(cell);
    this.act.hover(candidate?.id ?? null);
    setText(byId("map-words"), cell === null ? this.rest() : this.describe(cell));
    this.mark();
  }

  /** @param {number} cell */
  candidateAt(cell) {
    const found = this.evaluated.get(this.layout?.cells[cell] ?? "");
    return found && this.frame && found.generation <= this.frame.shown ? found : undefined;
  }

  /** @param {number} cell */
  describe(cell) {
    const code = this.layout?.cells[cell] ?? "";
    const c = this.candidateAt(cell);
    const asked = this.inspections?.all.get(code);
    if (c) return `${code}: #${c.id}, generation ${c.generation + 1}, ${percent(c.accuracy)}, ${short(c.spikes)} spikes, fitness ${this.frame?.fitness(c).toFixed(4)}.`;
    if (asked?.result) return `${code}: evaluated manually, ${percent(asked.result.accuracy)}, ${short(asked.result.spikes)} spikes.`;
    if (asked) return `${code}: evaluation ${asked.state}.`;
    return `${code}: not evaluated. Choose it to evaluate it on the supernet.`;
  }

  /** What the map is, while no cell is pointed at. */
  rest() {
    const frame = this.frame;
    if (!this.layout || !frame) return "";
    const share = percent(frame.candidates.length / this.layout.size);
    if (this.layout.whole) return `All ${exact(this.layout.size)} architectures; ${exact(frame.candidates.length)} evaluated (${share}). Rows: ${layerNames(this.layout.down)}; columns: ${layerNames(this.layout.across)}. Neighbours differ in one layer.`;
    return `Sample: ${exact(this.layout.cells.length)} of ${short(this.layout.size)} architectures, evenly spaced; ${inSample(frame.candidates.length, this.outside.size)}.`;
  }

  /** @param {number | null} cell */
  choose(cell) {
    if (cell === null || !this.layout) return;
    this.act.choose(this.layout.cells[cell]);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { columns, cells } = this.layout ?? { columns: 1, cells: [] };
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const selected = this.places.get(this.act.selected() ?? "");
    if (event.key === "Enter" || event.key === " ") this.choose(this.cursor ?? selected ?? null);
    else if (event.key in steps) {
      const next = this.cursor === null ? (selected ?? 0) : this.cursor + steps[event.key];
      if (next >= 0 && next < cells.length) this.point(next);
    } else return;
    event.preventDefault();
  }

  /** Rings over the cells: hovered, selected, best; nothing beneath is drawn again. */
  mark() {
    const ctx = this.over.getContext("2d");
    if (!ctx || !this.box) return;
    ctx.clearRect(0, 0, this.over.width, this.over.height);
    const { hovered, selected, best } = this.marks;
    const lit = hovered === null ? undefined : this.all[hovered]?.architecture;
    this.ring(ctx, best, token("--ink"), 2);
    this.ring(ctx, selected, token("--accent"), 3);
    ctx.setLineDash([3, 2]); // told from the selected one without its colour
    this.ring(ctx, lit ?? (this.cursor === null ? null : (this.layout?.cells[this.cursor] ?? null)), token("--warn"), 2);
    ctx.setLineDash([]);
    if (this.cursor === null) setText(byId("map-words"), this.rest());
  }

  /** @param {CanvasRenderingContext2D} ctx @param {string | null} code @param {string} colour @param {number} width */
  ring(ctx, code, colour, width) {
    const place = code === null ? undefined : this.places.get(code);
    if (place === undefined || !this.box) return;
    const [x, y] = this.corner(place);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.strokeRect(x - 2, y - 2, Math.max(this.box.cell, 3) + 3, Math.max(this.box.line, 3) + 3);
  }
}

/** @param {number} evaluated @param {number} outside */
function inSample(evaluated, outside) {
  return outside ? `${exact(evaluated - outside)} of ${exact(evaluated)} evaluated are in it` : `all ${exact(evaluated)} evaluated are in it`;
}

/** @param {import("../../domain/space.js").Band[]} bands */
function layerNames(bands) {
  const names = bands.map((band) => band.layer + 1);
  return names.length === 1 ? `searched layer ${names[0]}` : names.length ? `searched layers ${names[0]}–${names.at(-1)}` : "none";
}

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function fit(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  canvas.getContext("2d")?.scale(ratio, ratio);
}

/** Which of the shades a candidate has, and what the scale says. @param {Frame} frame @param {Candidate[]} all @param {View} view */
function colouring(frame, all, view) {
  if (view.colour === "generation") {
    const [pale, full] = [mix(token("--surface"), token("--accent"), 0.35), token("--accent")];
    const last = Math.max(frame.planned - 1, 1);
    return {
      of: (/** @type {Candidate} */ c) => Math.round((SHADES - 1) * Math.min(1, c.generation / last)),
      shades: Array.from({ length: SHADES }, (_, i) => mix(pale, full, i / (SHADES - 1))),
      words: ["generation 1", `generation ${frame.planned}`],
    };
  }
  const value = view.colour === "fitness" ? frame.fitness : (/** @type {Candidate} */ c) => c[/** @type {"accuracy" | "spikes"} */ (view.colour)];
  let [low, high] = [Infinity, -Infinity];
  for (const c of all) {
    const v = value(c);
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) return { of: () => 0, shades: [heat(0)], words: [] };
  const text = (/** @type {number} */ v) => (view.colour === "fitness" ? v.toFixed(3) : view.colour === "accuracy" ? percent(v) : short(v));
  return {
    of: (/** @type {Candidate} */ c) => Math.round(((SHADES - 1) * (value(c) - low)) / (high - low || 1)),
    shades: Array.from({ length: SHADES }, (_, i) => heat(i / (SHADES - 1))),
    words: [`${text(low)}`, `${text(high)} ${view.colour}`],
  };
}

/** @param {string[]} words the ends of the scale; none before anything is evaluated @param {string[]} shades */
function legend(words, shades) {
  const place = byId("map-legend");
  const ramp = h("span", { class: "ramp", "aria-hidden": "true" });
  ramp.style.background = `linear-gradient(90deg, ${shades.filter((_, i) => i % 7 === 0).join(", ")})`;
  const scale = words.length ? [words[0], ramp, words[1]] : [];
  place.replaceChildren(...scale, h("span", { class: "key blank" }, "not evaluated"), h("span", { class: "key asked" }, "evaluated manually"), h("span", { class: "key best" }, "best"));
}
