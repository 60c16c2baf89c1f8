// Colours for canvas and Plotly: the tokens as rgb, cividis for heat, one hue from pale to full for generations.

/** Anchors of cividis (Nuñez et al. 2018), dark to light. */
const CIVIDIS = [
  [0, 32, 77], [0, 51, 111], [57, 72, 107], [87, 93, 109], [112, 113, 115],
  [138, 135, 121], [166, 157, 117], [196, 181, 108], [228, 207, 91], [255, 234, 70],
];

/** @type {CanvasRenderingContext2D | null} */
let probe = null;

/** A token as "rgb(r, g, b)", which every library understands. @param {string} name */
export function token(name) {
  const value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  probe ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!probe) return "rgb(128, 128, 128)";
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = value;
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}

/** Cividis at 0…1. @param {number} share */
export function heat(share) {
  const position = Math.min(Math.max(share, 0), 1) * (CIVIDIS.length - 1);
  const low = Math.min(Math.floor(position), CIVIDIS.length - 2);
  const part = position - low;
  const mixed = CIVIDIS[low].map((c, i) => Math.round(c + part * (CIVIDIS[low + 1][i] - c)));
  return `rgb(${mixed.join(", ")})`;
}

/**
 * Between two "rgb(…)" colours.
 * @param {string} from
 * @param {string} to
 * @param {number} share
 */
export function mix(from, to, share) {
  const [a, b] = [from, to].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  return `rgb(${a.map((c, i) => Math.round(c + share * (b[i] - c))).join(", ")})`;
}
