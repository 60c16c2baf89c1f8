// Canvases in the page's theme: sized for the screen, cleared, with the tokens as colours.

import { h } from "../lib/dom.js";

/** @param {string} label @returns {HTMLCanvasElement} */
export function picture(label) {
  return /** @type {HTMLCanvasElement} */ (h("canvas", { role: "img", "aria-label": label }));
}

/**
 * Its context in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function sized(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** "rgb(1, 2, 3)" → [1, 2, 3]. @param {string} colour */
export const parts = (colour) => (colour.match(/\d+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);

/**
 * Put pixels as they are; CSS enlarges them without smoothing.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8ClampedArray<ArrayBuffer>} pixels RGBA
 * @param {number} width
 * @param {number} height
 */
export function putPixels(canvas, pixels, width, height) {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
}
