// Building elements without a framework.

/**
 * @param {string} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Set text only where it differs, so that a selection in it survives.
 * @param {Element | null} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/** The element of an id that the template is known to have. @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), summary, [tabindex='0']";

/** How a person knows an element, also when it is drawn anew. @param {Element} element */
function nameOf(element) {
  return [element.tagName, element.id, element.getAttribute("data-verb"), element.getAttribute("aria-label") ?? element.textContent].join("/");
}

/**
 * Draw a place anew without losing the focus in it: it goes to the same element, or to what stands where that one stood.
 * @param {HTMLElement} place
 * @param {() => void} draw
 * @param {HTMLElement} [otherwise] takes it where nothing is left
 */
export function keepFocus(place, draw, otherwise) {
  const active = document.activeElement;
  if (!active || !place.contains(active)) return draw();
  const order = [...place.querySelectorAll(FOCUSABLE)].indexOf(active);
  const name = nameOf(active);
  draw();
  if (document.activeElement === active) return;
  const now = /** @type {HTMLElement[]} */ ([...place.querySelectorAll(FOCUSABLE)]);
  const next = now.find((one) => nameOf(one) === name) ?? now[Math.min(order, now.length - 1)] ?? otherwise;
  next?.focus({ preventScroll: true });
}

const SVG = "http://www.w3.org/2000/svg";
/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {(Node | string)[]} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
