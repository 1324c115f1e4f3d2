/** Taking the workflow away as a picture. */

import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { sentenceOf } from '../store/server';
import { toast } from '../store/toast';
import type { Action } from './action';

/** The picture is called as the workflow is. */
function save(format: 'svg' | 'png'): void {
  const name = (useDocument.getState().path ?? 'workflow').split('/').at(-1);
  draw(format, String(name).replace(/\.json$/, '')).catch((error: unknown) =>
    toast(sentenceOf(error), 'error'),
  );
}

/** What draws is fetched when somebody wants a picture. */
async function draw(format: 'svg' | 'png', name: string): Promise<void> {
  const [{ canvasPicture }, { savePicture }] = await Promise.all([
    import('../canvas/picture'),
    import('../parts/saving'),
  ]);
  await savePicture(canvasPicture(), format, name);
}

const isAny = (): boolean => sceneNow().places.size > 0;

export const PICTURE_ACTIONS: Action[] = [
  {
    id: 'picture.svg',
    label: 'Save the canvas as SVG',
    icon: 'download',
    group: 'Canvas',
    enabled: isAny,
    perform: () => save('svg'),
  },
  {
    id: 'picture.png',
    label: 'Save the canvas as PNG',
    icon: 'image',
    group: 'Canvas',
    enabled: isAny,
    perform: () => save('png'),
  },
];
