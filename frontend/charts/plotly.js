// Plotly from our own server, once, when the first plot is needed; its template from the tokens, its ticks in our words.

import { token } from "../lib/colours.js";
import { ticks } from "../lib/ticks.js";

const OPTIONS = { displayModeBar: false, responsive: true };
/** How many pixels a tick's label asks for. */
const ROOM = { xaxis: 96, yaxis: 40 };

/** Whether a finger points here: it scrolls the page, and neither drags a zoom open nor walks with arrow keys. */
export const byFinger = () => matchMedia("(pointer: coarse)").matches;

/** @type {Promise<any> | null} */
let loading = null;

export function plotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/static/vendor/plotly/plotly.min.js";
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => {
      loading = null; // the next drawing tries again
      reject(new Error("Plotly could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}

/** One template, so that the theme switches without a reload. @param {{title: string, type?: string}} x @param {{title: string}} y @param {string} revision what a zoom belongs to */
export function layout(x, y, revision) {
  const [ink, muted, line] = [token("--ink"), token("--muted"), token("--line")];
  const axis = { gridcolor: line, zeroline: false, linecolor: line, tickcolor: line, tickfont: { color: muted, size: 12 }, automargin: true };
  const title = (/** @type {string} */ text) => ({ text, font: { color: muted, size: 14 }, standoff: 12 });
  return {
    uirevision: revision, // a live update never resets zoom or pan
    autosize: true, showlegend: false, hovermode: "closest", dragmode: byFinger() ? false : "zoom",
    margin: { l: 56, r: 16, t: 8, b: 48 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "ui-sans-serif, system-ui, sans-serif", color: ink, size: 13 },
    hoverlabel: { bgcolor: token("--surface"), bordercolor: line, font: { color: ink, size: 12 } },
    xaxis: { ...axis, type: x.type ?? "linear", title: title(x.title) },
    yaxis: { ...axis, title: title(y.title) },
  };
}

/** A plot on A4 or Letter, upright, less the margins of page and panel; its height is that of its place there. */
const PAPER = { autosize: false, width: 640, height: 400 };

/** Places whose plots are listened to. @type {WeakSet<HTMLElement>} */
const heard = new WeakSet();

/** @param {HTMLElement} place @param {object[]} traces @param {ReturnType<typeof layout>} around */
export async function drawPlot(place, traces, around) {
  const Plotly = await plotly();
  const plot = /** @type {any} */ (place);
  const [xaxis, yaxis] = /** @type {const} */ (["xaxis", "yaxis"]).map((name) => ({ ...around[name], ...shown(plot.layout?.[name]) }));
  await Plotly.react(plot, traces, { ...around, xaxis, yaxis }, OPTIONS);
  await setTicks(Plotly, plot);
  if (heard.has(place)) return;
  heard.add(place);
  plot.on("plotly_relayout", () => void setTicks(Plotly, plot)); // zoomed, or of another width
  addEventListener("beforeprint", () => seen(plot) && Plotly.relayout(plot, PAPER));
  addEventListener("afterprint", () => seen(plot) && Plotly.relayout(plot, { autosize: true, width: null, height: null }));
}

/** Whether it has a place on the page, and not one in another tab. @param {HTMLElement} plot */
function seen(plot) {
  return plot.offsetParent !== null;
}

/** The ticks that stand; they mostly stay. @param {{tickmode: string, tickvals: number[], ticktext: string[]} | undefined} axis */
function shown(axis) {
  return axis && { tickmode: axis.tickmode, tickvals: axis.tickvals, ticktext: axis.ticktext };
}

/** Plots whose ticks are being set, which is no reason to set them. @type {WeakSet<object>} */
const setting = new WeakSet();

/** The range is Plotly's to find, so that the ticks come after it. @param {any} Plotly @param {any} plot */
async function setTicks(Plotly, plot) {
  if (setting.has(plot)) return;
  const change = Object.entries(ROOM).flatMap(([name, room]) => {
    const axis = plot._fullLayout[name];
    const wanted = { tickmode: "array", ...ticks(axis.range, axis.type, axis._length / room) };
    return String(wanted.tickvals) === String(axis.tickvals) ? [] : Object.entries(wanted).map(([key, value]) => [`${name}.${key}`, value]);
  });
  if (!change.length) return;
  setting.add(plot);
  await Plotly.relayout(plot, Object.fromEntries(change)).finally(() => setting.delete(plot));
}
