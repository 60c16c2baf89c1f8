// Requests to our own API, with Django's CSRF token.

const ANSWER_MS = 60_000;
const SIGNED_OUT = "You are signed out. Sign in again in another tab; your input is kept.";

/**
 * @param {string} url
 * @param {unknown} body
 * @param {Record<string, string>} [headers] besides the usual ones
 * @returns {Promise<{status: number, data: any}>} as of `send`
 */
export function post(url, body = {}, headers = {}) {
  return send("POST", url, body, headers);
}

/**
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} url
 * @param {unknown} [body] JSON, or a Blob as it is
 * @param {Record<string, string>} [headers] besides the usual ones
 * @returns {Promise<{status: number, data: any}>} 0 where the server could not be reached, 401 where the session has ended
 */
export async function send(method, url, body, headers = {}) {
  const token = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  try {
    const raw = body instanceof Blob;
    const answer = await fetch(url, {
      method,
      headers: { "Content-Type": raw ? "application/octet-stream" : "application/json", "X-CSRFToken": token, Accept: "application/json", ...headers },
      body: body === undefined || raw || typeof body === "string" ? body : JSON.stringify(body),
    });
    if (answer.status === 401) return { status: 401, data: { error: SIGNED_OUT } };
    const json = (answer.headers.get("Content-Type") ?? "").includes("json");
    return { status: answer.status, data: json ? await answer.json() : {} };
  } catch {
    return { status: 0, data: { error: "The server cannot be reached. Your input is kept; try again." } };
  }
}

/**
 * What an address of the API answers. Null where there is no answer to read: no server, signed out, refused, cut off in its middle.
 * @template T
 * @param {string} url
 * @param {(answer: Response) => Promise<T>} read
 * @returns {Promise<T | null>}
 */
export async function got(url, read) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return answer.ok ? await read(answer) : null;
  } catch {
    return null;
  }
}

/** The JSON Django put on the page. @param {string} id */
export function pageData(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}
