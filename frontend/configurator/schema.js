// Reading StudyConfig's JSON Schema: what a field is, what it may hold, and turning what was typed into a value.

/** @typedef {{type?: string, $ref?: string, anyOf?: Schema[], enum?: any[], const?: any, description?: string, default?: any, title?: string, source?: "paper" | "ours", minimum?: number, maximum?: number, exclusiveMinimum?: number, exclusiveMaximum?: number, minLength?: number, maxLength?: number, items?: Schema, properties?: Record<string, Schema>, $defs?: Record<string, Schema>}} Schema */
/** @typedef {{schema: Schema, optional: boolean, description: string}} Field */

/**
 * A field with references and "or null" resolved.
 * @param {Schema} root
 * @param {Schema} schema
 * @returns {Field}
 */
export function resolve(root, schema) {
  const description = schema.description ?? "";
  if (schema.anyOf) {
    const real = schema.anyOf.find((s) => s.type !== "null") ?? {};
    return { ...resolve(root, real), optional: true, description };
  }
  if (schema.$ref) {
    const found = root.$defs?.[schema.$ref.split("/").at(-1) ?? ""] ?? {};
    return { schema: found, optional: false, description: description || found.description || "" };
  }
  return { schema, optional: false, description };
}

/** "1 to 64", "more than 0, at most 1", or "". @param {Schema} s */
export function bounds(s) {
  const low = s.minimum ?? s.exclusiveMinimum;
  const high = s.maximum ?? s.exclusiveMaximum;
  if (low === undefined && high === undefined) return "";
  if (s.minimum !== undefined && s.maximum !== undefined) return `${number(s.minimum)} to ${number(s.maximum)}`;
  const parts = [];
  if (low !== undefined) parts.push(`${s.minimum !== undefined ? "at least" : "more than"} ${number(low)}`);
  if (high !== undefined) parts.push(`${s.maximum !== undefined ? "at most" : "less than"} ${number(high)}`);
  return parts.join(", ");
}

/** @param {number} n */
function number(n) {
  return n.toLocaleString("en-US");
}

/**
 * What was typed as the value the config holds. What is no number stays text, so that the server's error names it.
 * @param {Field} field
 * @param {string} text
 */
export function parse(field, text) {
  const trimmed = text.trim();
  if (trimmed === "" && field.optional) return null;
  if (field.schema.type === "integer" && /^[+-]?\d+$/.test(trimmed)) return Number(trimmed);
  if (field.schema.type === "number" && trimmed !== "" && Number.isFinite(Number(trimmed.replace("−", "-")))) {
    return Number(trimmed.replace("−", "-"));
  }
  return field.schema.type === "string" ? text : trimmed;
}

/**
 * A copy of `config` with one value set. @param {any} config @param {(string | number)[]} path @param {any} value
 * @returns {any}
 */
export function set(config, path, value) {
  if (!path.length) return value;
  const [key, ...rest] = path;
  const copy = Array.isArray(config) ? [...config] : { ...config };
  copy[key] = set(config?.[key], rest, value);
  return copy;
}

/** @param {any} config @param {(string | number)[]} path */
export function get(config, path) {
  return path.reduce((value, key) => value?.[key], config);
}

/** "search_space" → "Search space". @param {string} name */
export function title(name) {
  const text = name.replaceAll("_", " ");
  return text[0].toUpperCase() + text.slice(1);
}
