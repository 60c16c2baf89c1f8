// Requests to our own API, with Django's CSRF token.

/**
 * @param {string} url
 * @param {unknown} body
 * @returns {Promise<{status: number, data: any}>} status 0 where the server could not be reached
 */
export function post(url, body = {}) {
  return send("POST", url, body);
}

/**
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} url
 * @param {unknown} [body] JSON, or a Blob as it is
 * @returns {Promise<{status: number, data: any}>} status 0 where the server could not be reached
 */
export async function send(method, url, body) {
  const token = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  try {
    const raw = body instanceof Blob;
    const answer = await fetch(url, {
      method,
      headers: { "Content-Type": raw ? "application/octet-stream" : "application/json", "X-CSRFToken": token, Accept: "application/json" },
      body: body === undefined || raw || typeof body === "string" ? body : JSON.stringify(body),
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
