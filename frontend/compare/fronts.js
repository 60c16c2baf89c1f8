// The fronts of several studies in one plot, labelled at their ends, with a sentence and a table beside it.

import { token } from "../lib/colours.js";
import { fold, h } from "../lib/dom.js";
import { exact, percent, short } from "../lib/format.js";
import { drawPlot, layout } from "../charts/plotly.js";
import { colour, labels, mark, series, titles } from "./series.js";

/** @typedef {import("./types.js").Compared} Compared */

const NARROW = 640;

/**
 * @param {HTMLElement} place
 * @param {HTMLElement} words
 * @param {Compared[]} studies
 * @param {{spikes: number}} reference
 */
export async function renderFronts(place, words, studies, reference) {
  say(words, studies, reference);
  const drawn = studies.some((study) => study.front.length);
  place.hidden = !drawn;
  if (!drawn) return;
  try {
    await drawPlot(place, traces(studies), around(studies, place.clientWidth));
  } catch (error) {
    words.prepend(h("p", { class: "notice bad" }, `${error instanceof Error ? error.message : error}. The table below has the same numbers.`));
  }
}

/** @param {Compared[]} studies */
function traces(studies) {
  const names = titles(studies);
  return studies.flatMap((study, i) => {
    const { symbol, dash } = series(i);
    const own = colour(i);
    const text = study.front.map((one) => `<b>${one.architecture}</b> of ${escaped(names[i])}<br>${percent(one.accuracy)}, ${exact(one.spikes)} spikes<br>validation, supernet`);
    const line = {
      type: "scatter", mode: "lines+markers", name: names[i], text, hovertemplate: "%{text}<extra></extra>",
      x: study.front.map((one) => one.spikes), y: study.front.map((one) => 100 * one.accuracy),
      line: { color: own, width: 2, shape: "hv", dash }, marker: { color: own, symbol, size: 9 },
    };
    if (!study.winner) return [line];
    const won = {
      type: "scatter", mode: "markers", name: `${names[i]}, winner`,
      text: [`<b>${study.winner.architecture}</b>, winner of ${escaped(names[i])}<br>${percent(study.winner.accuracy)}, ${exact(study.winner.spikes)} spikes<br>test, retrained`],
      hovertemplate: "%{text}<extra></extra>", x: [study.winner.spikes], y: [100 * study.winner.accuracy],
      marker: { color: own, symbol: `${symbol}-open`, size: 13, line: { width: 2.5 } },
    };
    return [line, won];
  });
}

/** Plotly reads a little HTML in its texts; a study's name is none. @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/**
 * Labels stand in the margin at the height where their front ends, moved apart where they would cover one another.
 * @param {{y: number, text: string}[]} ends
 * @param {number} gap
 */
export function spread(ends, gap) {
  const placed = ends.map((end) => ({ ...end })).sort((a, b) => b.y - a.y);
  for (let i = 1; i < placed.length; i++) placed[i].y = Math.min(placed[i].y, placed[i - 1].y - gap);
  return placed;
}

/** @param {Compared[]} studies @param {number} width */
function around(studies, width) {
  const wide = width > NARROW;
  const heights = studies.flatMap((study) => [...study.front.map((one) => 100 * one.accuracy), ...(study.winner ? [100 * study.winner.accuracy] : [])]);
  const extent = Math.max(...heights) - Math.min(...heights) || 1;
  const names = labels(studies);
  const ends = studies.flatMap((study, i) => {
    const last = study.front.at(-1);
    return last ? [{ y: 100 * last.accuracy, text: `<span style="color:${colour(i)}">${series(i).glyph}</span> ${escaped(names[i])}` }] : [];
  });
  const beside = wide ? spread(ends, extent * 0.07) : [];
  const samples = [...new Set(studies.map((study) => study.sample))];
  const plain = layout({ title: `spikes per ${samples.join(" or ")}` }, { title: "accuracy, %" }, studies.map((study) => study.id).join());
  return {
    ...plain,
    margin: { ...plain.margin, r: wide ? 190 : 12 },
    annotations: beside.map(({ y, text }) => ({ x: 1.01, xref: "paper", xanchor: "left", y, yref: "y", text, showarrow: false, font: { size: 13, color: token("--ink") } })),
  };
}

/**
 * Which study, or which of them alike, has the largest hypervolume; empty where none has any.
 * @param {{hypervolume: number | null}[]} studies
 * @param {string[]} names
 */
export function leading(studies, names) {
  const most = Math.max(...studies.map((study) => study.hypervolume ?? 0));
  if (!(most > 0)) return "";
  const first = names.filter((_, i) => studies[i].hypervolume === most);
  return first.length === 1 ? `The largest hypervolume is that of ${first[0]}: ${percent(most)}` : `${first.join(", ")} share the largest hypervolume: ${percent(most)}`;
}

/** @param {HTMLElement} place @param {Compared[]} studies @param {{spikes: number}} reference */
function say(place, studies, reference) {
  const names = titles(studies);
  const first = leading(studies, labels(studies));
  const sentence = first ? `${first} of the box up to the reference point (accuracy 0, ${exact(reference.spikes)} spikes), the most spikes of any evaluated architecture here. Open symbols are the winners, retrained, on the test split.` : "Nothing has been evaluated in these studies yet.";
  const body = studies.flatMap((study, i) =>
    study.front.map((one) =>
      h("tr", {}, h("th", { scope: "row" }, mark(i), " ", names[i]), h("td", {}, h("code", {}, one.architecture)), h("td", { class: "number" }, percent(one.accuracy)), h("td", { class: "number", title: exact(one.spikes) }, short(one.spikes)), h("td", { class: "number" }, one.fitness.toFixed(4))),
    ),
  );
  const head = ["Study", "Genome", "Accuracy", "Spikes", "Fitness"].map((name, i) => h("th", { scope: "col", class: i > 1 ? "number" : "" }, name));
  place.replaceChildren(
    h("p", { class: "small muted", id: "fronts-sentence" }, sentence),
    fold(place, "table", "The fronts as a table", h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...body)))),
  );
}
