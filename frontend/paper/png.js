// A picture as PNG, drawn by the browser from its SVG: the reader's own fonts, and no drawing library on the server.

const SCALE = 3;

/**
 * @param {string} url of an SVG of ours
 * @returns {Promise<Blob>} three pixels to each of the SVG's own
 */
export async function png(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer) throw new Error("The server cannot be reached. Try again when it is back.");
  if (!answer.ok || answer.redirected) throw new Error(`The picture could not be read (${answer.status}). Load the page again.`);
  const source = URL.createObjectURL(new Blob([await answer.text()], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [SCALE * image.naturalWidth, SCALE * image.naturalHeight];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!(blob instanceof Blob)) throw new Error("This browser could not draw the picture. Use the SVG instead.");
    return blob;
  } finally {
    URL.revokeObjectURL(source);
  }
}

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the download has begun by then
}
