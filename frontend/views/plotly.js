// Plotly from our own server, once, when the first plot is needed; and its template from the tokens.

import { token } from "../colours.js";

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
  const title = (/** @type {string} */ text) => ({ text, font: { color: muted } });
  return {
    uirevision: revision, // a live update never resets zoom or pan
    autosize: true, showlegend: false, hovermode: "closest", dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", // a finger scrolls the page
    margin: { l: 56, r: 16, t: 8, b: 48 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "ui-sans-serif, system-ui, sans-serif", color: ink, size: 13 },
    hoverlabel: { bgcolor: token("--surface"), bordercolor: line, font: { color: ink, size: 12 } },
    xaxis: { ...axis, type: x.type ?? "linear", title: title(x.title) },
    yaxis: { ...axis, title: title(y.title) },
  };
}
