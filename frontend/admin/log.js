// The log on a job's page, kept at its end while one looks at the end.

const EVERY_MS = 2000;

/** @param {HTMLElement} place @param {string} url @param {string} [shown] what it shows by now */
async function refresh(place, url, shown = "") {
  try {
    const answer = document.hidden ? null : await fetch(url);
    if (!answer?.ok || answer.redirected) return;
    const { text } = await answer.json();
    if (!text || text === shown) return;
    shown = text;
    const following = place.scrollTop + place.clientHeight >= place.scrollHeight - 4;
    place.textContent = text;
    if (following) place.scrollTop = place.scrollHeight;
  } finally {
    setTimeout(() => void refresh(place, url, shown).catch(() => {}), EVERY_MS);
  }
}

for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-log]"))) void refresh(place, place.dataset.log ?? "").catch(() => {});
