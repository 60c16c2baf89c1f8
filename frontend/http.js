// Requests to our own API, with Django's CSRF token.

/**
 * @param {string} url
 * @param {unknown} body
 * @returns {Promise<{status: number, data: any}>} status 0 where the server could not be reached
 */
export async function post(url, body = {}) {
  const token = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const json = (answer.headers.get("Content-Type") ?? "").includes("json");
    return { status: answer.status, data: json ? await answer.json() : {} };
  } catch {
    return { status: 0, data: { error: "The server cannot be reached. What you typed is still here; try again." } };
  }
}

/** The JSON Django put on the page. @param {string} id */
export function pageData(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}
