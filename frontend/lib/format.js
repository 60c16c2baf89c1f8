// Numbers, times and sizes for people. Exact values go into titles, not onto the page.

/** Between a number and its unit: no line ends there. */
const TIE = "\u00a0";
const THOUSANDS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/**
 * 154321 → "154 k": three digits and a unit.
 * @param {number | null | undefined} value
 */
export function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(3)); // 999.6 is 1.00 k, not 1000
  for (const [size, unit] of /** @type {[number, string][]} */ (THOUSANDS)) {
    if (Math.abs(rounded) >= size) return `${digits(value / size)}${TIE}${unit}`;
  }
  return digits(value);
}

/** A tick of an axis, a round number, in full: 12250 → "12.25 k". @param {number} value */
export function tick(value) {
  const [size, unit] = /** @type {[number, string][]} */ (THOUSANDS).find(([one]) => Math.abs(value) >= one) ?? [1, ""];
  return minus(`${Number((value / size).toFixed(6))}${unit && ` ${unit}`}`);
}

/** A number with a minus sign, not a hyphen. @param {number | string} value */
export function minus(value) {
  return String(value).replace("-", "−");
}

/** @param {number} value */
function digits(value) {
  const magnitude = Math.abs(Number(value.toPrecision(3)));
  if (Number.isInteger(value) && magnitude < 1000) return String(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2);
}

/** 0.91234 → "91.2 %". @param {number | null | undefined} share */
export function percent(share) {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)}${TIE}%`;
}

/** 1234567 → "1,234,567". @param {number} value */
export function exact(value) {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** Seconds → "0 s", "under a second", "45 s", "3 min 20 s", "2 h 5 min", "3 d 4 h", as webapp/http/durations.py. @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds > 0 && seconds < 1) return "under a second";
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min${s % 60 ? ` ${s % 60} s` : ""}`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** Microseconds → "830 µs", "999 ms", then as `duration`. @param {number} count */
export function micros(count) {
  if (count < 1000) return `${count} µs`;
  return count < 1e6 ? `${Math.floor(count / 1000)} ms` : duration(count / 1e6);
}

/** Bytes → "163 kB". @param {number} count */
export function bytes(count) {
  if (count < 1000) return `${count}${TIE}B`;
  if (count < 999_500) return `${(count / 1e3).toFixed(0)}${TIE}kB`;
  return count < 999_950_000 ? `${(count / 1e6).toFixed(1)}${TIE}MB` : `${(count / 1e9).toFixed(2)}${TIE}GB`;
}

/**
 * "just now", "5 min ago", "3 d ago".
 * @param {string} iso
 * @param {number} now milliseconds
 */
export function ago(iso, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}
