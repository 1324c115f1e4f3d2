/** Which node types can stand in the settings of a layer that wraps another. */
import type { NodeInfo } from '../wire';

/** Return the layers of a wrapper's pack that take one tensor, the wrapper itself left out. */
export function innerLayers(nodes: NodeInfo[], wrapper: string): NodeInfo[] {
  const pack = wrapper.slice(0, wrapper.indexOf('.') + 1);
  return nodes.filter(
    (info) => info.type.startsWith(pack) && info.type !== wrapper && takesOneTensor(info),
  );
}

function takesOneTensor(info: NodeInfo): boolean {
  const needed = info.inputs.filter((port) => !port.optional);
  return (
    needed.length === 1 &&
    needed.every((port) => port.type === 'network' && !port.many) &&
    info.outputs.every((port) => port.type === 'network')
  );
}
