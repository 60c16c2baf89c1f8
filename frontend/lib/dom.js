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

/** What each place was last drawn from. It is kept here: a place is only written to. @type {WeakMap<Element, string>} */
const drawnFrom = new WeakMap();

/** Whether a place is to be drawn from something else than last time. @param {Element} place @param {string} from */
export function differs(place, from) {
  if (drawnFrom.get(place) === from) return false;
  drawnFrom.set(place, from);
  return true;
}

/** A place is drawn at the next occasion, whatever it is drawn from. @param {Element} place */
export function forget(place) {
  drawnFrom.delete(place);
}

/** @type {WeakMap<Element, Map<string, HTMLElement>>} */
const folds = new WeakMap();

/**
 * The details of a place by name: made once and filled anew, so that it stays open or closed as a person left it,
 * whatever else the place holds meanwhile.
 * @param {Element} place
 * @param {string} name
 * @param {string} summary
 * @param {(Node | string)[]} content
 */
export function fold(place, name, summary, ...content) {
  const own = folds.get(place) ?? new Map();
  folds.set(place, own);
  const details = own.get(name) ?? h("details", {}, h("summary"));
  own.set(name, details);
  const head = /** @type {HTMLElement} */ (details.firstElementChild);
  head.textContent = summary;
  details.replaceChildren(head, ...content);
  return details;
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
  return [element.tagName, element.id, element.getAttribute("data-action"), element.getAttribute("aria-label") ?? element.textContent].join("/");
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
