// The same study without a browser: what to paste into a shell, and as a Python program.

/** @param {any} config */
export function asJson(config) {
  return JSON.stringify(config, null, 2);
}

/**
 * Writes study.json and runs it. A preset as it stands is asked for by name.
 * @param {any} config @param {number} seeds @param {string | null} preset
 */
export function commandLine(config, seeds, preset) {
  const several = seeds > 1 ? ` --seeds ${seeds}` : "";
  // no line of JSON.stringify is a bare word, so the text cannot end early
  const write = preset ? `.venv/bin/python -m engine config ${preset} > study.json` : `cat > study.json <<'STUDY'\n${asJson(config)}\nSTUDY`;
  return `${write}\n.venv/bin/python -m engine run study.json --workdir work${several}\n`;
}

/** @param {any} config */
export function program(config) {
  return `from pathlib import Path

from engine.config.parse import parse_config
from engine.study import run

config = parse_config(${literal(config)})
for event in run(config, Path("work"), data_root=Path("var/data")):
    print(event)
`;
}

/** A JSON value as a Python literal. @param {any} value @param {string} indent @returns {string} */
function literal(value, indent = "") {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  const list = Array.isArray(value);
  const items = list ? value.map((item) => literal(item, inner)) : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${literal(item, inner)}`);
  const [open, close] = list ? "[]" : "{}";
  const short = `${open}${items.join(", ")}${close}`;
  if (!items.length || (list && short.length < 100 && !short.includes("{"))) return short;
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join("")}${indent}${close}`;
}
