/** Files that the browser saves: what was fetched, and pictures. */

/** How many pixels of a PNG a pixel of the page becomes. */
const SCALE = 2;

/** An SVG with its size in pixels. */
export interface Picture {
  text: string;
  width: number;
  height: number;
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const saveText = (text: string, type: string, name: string): void =>
  saveBlob(new Blob([text], { type }), name);

/** Save a picture as it is, or drawn into pixels. */
export async function savePicture(
  picture: Picture,
  format: 'svg' | 'png',
  stem: string,
): Promise<void> {
  if (format === 'svg') saveText(picture.text, 'image/svg+xml', `${stem}.svg`);
  else saveBlob(await pixels(picture), `${stem}.png`);
}

async function pixels({ text, width, height }: Picture): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))),
      'image/png',
    ),
  );
}

/** Text as it stands in an SVG. */
export const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );
