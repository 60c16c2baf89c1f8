// What the API tells of a data set.

import { setText } from "../lib/dom.js";

/** @typedef {"absent" | "arriving" | "waiting" | "working" | "ready" | "refused" | "changed"} State */
/** @typedef {{samples: number, shape: number[], class_counts: number[]}} Split */
/**
 * @typedef {{
 *   dataset: string, kind: "images" | "events", note: string, why?: string, classes: string[], config: Record<string, any>,
 *   files: number, bytes: number, content_sha256: string, seconds: number,
 *   splits: {train: Split, validation?: Split, test: Split},
 *   statistics?: {mean: number[], std: number[]},
 *   sensor?: number, on_share?: number,
 *   events?: {total: number, median: number, most: number}, duration_us?: {median: number, longest: number}
 * }} Report
 */
/**
 * @typedef {{
 *   id: string, title: string, source: "builtin" | "upload" | "path", dataset: string, kind: "images" | "events" | null,
 *   location: string, file: string, version: number, owner: string | null, shared: boolean,
 *   state: State, task: "check" | "fetch", stage: string, reason: string, size: number, received: number,
 *   content_sha256: string, licence: string, citation: string, classes: number | null,
 *   samples: {train?: number, validation?: number, test?: number}, fetchable: boolean, by_hand: string, uses: number, may_edit: boolean
 * }} Summary
 */
/**
 * @typedef {Summary & {
 *   report: Report, previewed: boolean, recordings: number[], augmentation: string,
 *   sources: {url: string, size: number, md5: string}[],
 *   studies: {id: string, name: string, state: string}[]
 * }} Detail
 */
/** @typedef {{bytes: number, upload: number, chunk: number, used: number}} Quota `bytes` at most, `used` of them */

export const WORDS = {
  absent: "not downloaded", arriving: "arriving", waiting: "waiting", working: "being checked", ready: "ready",
  refused: "refused", changed: "changed",
};
export const STAGES = ["type", "checksum", "shapes", "classes", "samples"];
const LOOKS = {
  absent: "draft", arriving: "running", waiting: "queued", working: "running", ready: "succeeded", refused: "failed",
  changed: "paused",
};

/** Whether something is being done with it now. @param {Summary} dataset */
export function busy({ state }) {
  return state === "waiting" || state === "working";
}

/** Show a state in its word, shape and colour. @param {HTMLElement} badge @param {Summary} dataset */
export function showState(badge, dataset) {
  badge.dataset.state = LOOKS[dataset.state];
  const share = dataset.size ? Math.floor((100 * dataset.received) / dataset.size) : 0;
  const loading = dataset.state === "arriving" || (dataset.state === "working" && dataset.stage === "download");
  const words = loading ? `${dataset.stage === "download" ? "downloading" : "arriving"}, ${share} %` : WORDS[dataset.state];
  setText(badge, words);
}
