// A layer's spikes at one time step as its feature maps side by side, and the input as a picture: pure pixels.

/** @typedef {import("./tensors.js").Bits} Bits */
/** @typedef {{ground: number[], spike: number[], gap: number[]}} Colours */
/** @typedef {{pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}} Pixels */

/** Columns of a mosaic of `count` tiles that comes out about square. @param {number} count @param {number} width @param {number} height */
export function columns(count, width, height) {
  return Math.max(1, Math.min(count, Math.round(Math.sqrt((count * (height + 1)) / (width + 1)))));
}

/**
 * Tiles one pixel apart: one a channel, or for the output (classes · votes) one row a class.
 * @param {Bits} bits
 * @param {number} step
 * @param {Colours} colours
 * @param {number} votes of a class, for the output layer
 * @returns {Pixels}
 */
export function mosaic(bits, step, colours, votes = 0) {
  const [channels, rows, cols] = votes ? [1, bits.neurons / votes, votes] : bits.shape;
  const across = columns(channels, cols, rows);
  const down = Math.ceil(channels / across);
  const [width, height] = [across * (cols + 1) - 1, down * (rows + 1) - 1];
  const pixels = filled(width, height, colours.gap);
  for (let c = 0; c < channels; c++) {
    const left = (c % across) * (cols + 1);
    const top = Math.floor(c / across) * (rows + 1);
    for (let k = 0; k < rows * cols; k++) {
      const colour = bits.fired(step, c * rows * cols + k) ? colours.spike : colours.ground;
      const at = 4 * ((top + Math.floor(k / cols)) * width + left + (k % cols));
      for (let i = 0; i < 3; i++) pixels[at + i] = colour[i];
    }
  }
  return { pixels, width, height };
}

/**
 * A frame of the input: grey, colour, or OFF and ON events; scaled from the lowest to the highest value of all frames.
 * @param {import("./tensors.js").Tensor} input [frames, C, H, W]
 * @param {number} step
 * @param {Colours & {on: number[], off: number[]}} colours
 * @returns {Pixels}
 */
export function frame(input, step, colours) {
  const [frames, channels, height, width] = input.shape;
  const area = height * width;
  const from = Math.min(step, frames - 1) * channels * area;
  const [low, high] = bounds(input.values);
  const share = (/** @type {number} */ c, /** @type {number} */ k) => (input.values[from + c * area + k] - low) / (high - low || 1);
  const pixels = filled(width, height, colours.ground);
  for (let k = 0; k < area; k++) {
    for (let i = 0; i < 3; i++) pixels[4 * k + i] = channels === 2 ? polar(share(0, k), share(1, k), i, colours) : 255 * share(Math.min(i, channels - 1), k);
  }
  return { pixels, width, height };
}

/** @param {number} off @param {number} on @param {number} i @param {{ground: number[], on: number[], off: number[]}} colours */
function polar(off, on, i, { ground, on: onColour, off: offColour }) {
  const [colour, strength] = on >= off ? [onColour, on] : [offColour, off];
  return ground[i] + (colour[i] - ground[i]) * (strength ? Math.max(0.35, Math.sqrt(strength)) : 0);
}

/** @param {import("./tensors.js").Tensor["values"]} values */
function bounds(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

/** @param {number} width @param {number} height @param {number[]} colour */
function filled(width, height, colour) {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let k = 0; k < width * height; k++) {
    for (let i = 0; i < 3; i++) pixels[4 * k + i] = colour[i];
    pixels[4 * k + 3] = 255;
  }
  return pixels;
}
