/** Taking the workflow away as a picture. */

import { canvasPicture } from '../canvas/picture';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { sentenceOf } from '../store/server';
import { toast } from '../store/toast';
import type { Action } from './action';

const SCALE = 2;

function save(blob: Blob, suffix: string): void {
  const stem = (useDocument.getState().path ?? 'workflow')
    .split('/')
    .at(-1)
    ?.replace(/\.json$/, '');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = `${stem}.${suffix}`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const svgBlob = (text: string): Blob => new Blob([text], { type: 'image/svg+xml' });

/** Draw an SVG into pixels. */
async function pixels(svg: string, width: number, height: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
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

const isAny = (): boolean => sceneNow().places.size > 0;

export const PICTURE_ACTIONS: Action[] = [
  {
    id: 'picture.svg',
    label: 'Save the canvas as SVG',
    icon: 'download',
    group: 'Canvas',
    enabled: isAny,
    perform: () => save(svgBlob(canvasPicture().text), 'svg'),
  },
  {
    id: 'picture.png',
    label: 'Save the canvas as PNG',
    icon: 'image',
    group: 'Canvas',
    enabled: isAny,
    perform: () => {
      const { text, width, height } = canvasPicture();
      pixels(text, width, height)
        .then((blob) => save(blob, 'png'))
        .catch((error: unknown) => toast(sentenceOf(error), 'error'));
    },
  },
];
