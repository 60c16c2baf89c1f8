// An upload in chunks: it goes on where it stopped, after a lost connection or a new visit to the page.

import { send } from "../lib/http.js";

const PATIENCE_MS = [500, 1000, 2000, 4000, 8000, 15000];

/** @typedef {{message: string, field: string}} Failure */

/**
 * Send a file from byte `received` on. Resolves to null when all of it has arrived, else to why it has not.
 * @param {string} id
 * @param {Blob} file
 * @param {number} received
 * @param {number} chunk bytes a request
 * @param {(received: number, trouble: string) => void} tell
 * @param {typeof send} request
 * @param {(ms: number) => Promise<void>} pause
 * @returns {Promise<Failure | null>}
 */
export async function upload(id, file, received, chunk, tell, request = send, pause = wait) {
  let failures = 0;
  while (received < file.size) {
    const part = file.slice(received, received + chunk);
    const { status, data } = await request("PUT", `/api/datasets/${id}/content?offset=${received}`, part);
    if (status === 200 || (status === 409 && typeof data.received === "number")) {
      received = data.received;
      failures = 0;
      tell(received, "");
    } else if (status === 0 || status === 507 || status >= 500) {
      if (failures === PATIENCE_MS.length) return { field: "file", message: `${data.error ?? "the server failed"} The received part is kept.` };
      tell(received, "Connection lost; retrying …");
      await pause(PATIENCE_MS[failures++]);
    } else {
      const problem = data.problems?.[0];
      return { field: problem?.field ?? "file", message: problem?.message ?? data.error ?? `refused (${status})` };
    }
  }
  return null;
}

/** @param {number} ms @returns {Promise<void>} */
function wait(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
