// Dragging a card along its row: with the pointer, from its handle; Escape leaves everything as it was.

const EDGE_PX = 48;
const SCROLL_PX = 16;

/**
 * @param {HTMLElement} handle @param {HTMLElement} card one of the cards that `row` holds, among others that stay
 * @param {() => HTMLElement[]} cards in order @param {HTMLElement} box what scrolls
 * @param {(to: number) => void} drop the card's new place
 */
export function draggable(handle, card, cards, box, drop) {
  handle.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary) return;
    handle.setPointerCapture(event.pointerId);
    const startX = event.clientX + box.scrollLeft;
    const others = cards().filter((other) => other !== card);
    let place = cards().indexOf(card);
    card.classList.add("dragged");

    const move = (/** @type {PointerEvent} */ { clientX }) => {
      scrollAtEdges(box, clientX);
      card.style.translate = `${clientX + box.scrollLeft - startX}px`;
      place = others.filter((other) => middle(other) < clientX).length;
      mark(others, place);
    };
    const end = (/** @type {boolean} */ taken) => {
      stop.abort();
      card.classList.remove("dragged");
      card.style.translate = "";
      mark(others, -1);
      if (taken && cards().indexOf(card) !== place) drop(place);
    };
    const stop = new AbortController();
    const { signal } = stop;
    handle.addEventListener("pointermove", move, { signal });
    handle.addEventListener("pointerup", () => end(true), { signal });
    handle.addEventListener("pointercancel", () => end(false), { signal });
    document.addEventListener("keydown", ({ key }) => key === "Escape" && end(false), { signal });
  });
}

/** Show where the card would go. @param {HTMLElement[]} others @param {number} place none where negative */
function mark(others, place) {
  others.forEach((other, i) => {
    other.classList.toggle("drop-before", i === place);
    other.classList.toggle("drop-after", i === others.length - 1 && place === others.length);
  });
}

/** @param {HTMLElement} element */
function middle(element) {
  const { left, width } = element.getBoundingClientRect();
  return left + width / 2;
}

/** @param {HTMLElement} box @param {number} x */
function scrollAtEdges(box, x) {
  const { left, right } = box.getBoundingClientRect();
  if (x < left + EDGE_PX) box.scrollLeft -= SCROLL_PX;
  if (x > right - EDGE_PX) box.scrollLeft += SCROLL_PX;
}
