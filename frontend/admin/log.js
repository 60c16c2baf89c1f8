// The log on a job's page, kept at its end while one looks at the end.

const EVERY_MS = 2000;

/** @param {HTMLElement} place */
async function refresh(place) {
  try {
    const answer = document.hidden ? null : await fetch(place.dataset.log ?? "");
    if (!answer?.ok || answer.redirected) return;
    const { text } = await answer.json();
    if (!text || text === place.textContent) return;
    const following = place.scrollTop + place.clientHeight >= place.scrollHeight - 4;
    place.textContent = text;
    if (following) place.scrollTop = place.scrollHeight;
  } finally {
    setTimeout(() => void refresh(place).catch(() => {}), EVERY_MS);
  }
}

for (const place of document.querySelectorAll("[data-log]")) void refresh(/** @type {HTMLElement} */ (place)).catch(() => {});
