/** Opening the list of nodes to add. */

import { placeAt, pointed, screenAt, stage } from '../canvas/instance';
import { nameOf } from '../model/document';
import { HEIGHT, STEP_X, WIDTH } from '../model/geometry';
import { connectionsOf } from '../model/graph';
import { sceneNow } from '../store/scene';
import { useView } from '../store/view';

/** Open the list at a point of the screen. */
export function openQuickAdd(x: number, y: number): void {
  useView.getState().setDialogs({ quickAdd: { at: placeAt(x, y), screen: [x, y] } });
}

/** Open the list where a menu was opened, beside the selected node, for its next free output; else in the middle. */
export function openQuickAddHere(): void {
  const point = pointed();
  if (point) {
    openQuickAdd(...point);
    return;
  }
  const { selection, setDialogs } = useView.getState();
  const name = selection.length === 1 ? nameOf(selection[0] as string) : undefined;
  const { places, ports, body } = sceneNow();
  const place = name === undefined ? undefined : places.get(name);
  const outputs = (name !== undefined && ports.get(name)?.outputs) || [];
  const box = stage();
  const used = new Set(connectionsOf(body).map(({ from }) => from));
  const port = outputs.find(({ id }) => !used.has(`${name}.${id}`)) ?? outputs[0];
  if (name !== undefined && place && port) {
    const [x, y] = screenAt([place[0] + WIDTH + 24, place[1]]);
    setDialogs({
      quickAdd: {
        at: [place[0] + STEP_X + WIDTH / 2, place[1] + HEIGHT / 2],
        screen: [x, y],
        from: { path: name, port: port.id, direction: 'out' },
      },
    });
  } else if (box) openQuickAdd(box.x + box.width / 2 - 160, box.y + box.height / 4);
}
