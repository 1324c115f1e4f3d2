import type { LayerLine, NetworkView, Report } from '../../../model/wire';

/** A line of the list of layers. */
export interface Line extends LayerLine {
  isInput: boolean;
  /** Node on the canvas that adds the layer, where there is one. */
  node: string | null;
}

/** Return inputs and layers in order, each with the node that stands for it. */
export function layerLines(view: NetworkView, report: Report | null): Line[] {
  const inputs = Object.entries(view.inputs).map(([name, shape]) => ({
    name,
    type: 'input',
    title: 'Input',
    shape,
    parameters: 0,
    flops: 0,
    frozen: false,
    isInput: true,
    node: nodeOf(name, report),
  }));
  const layers = view.layers.map((layer) => ({
    ...layer,
    isInput: false,
    node: nodeOf(layer.name, report),
  }));
  return [...inputs, ...layers];
}

/** Layers are named after the nodes that add them; a network read from a file has names of its own. */
function nodeOf(name: string, report: Report | null): string | null {
  return report && name in report.nodes ? name : null;
}

/** Return what part of the largest a number is, in percent; small ones can still be seen. */
export function barWidth(value: number, largest: number): number {
  if (value <= 0 || largest <= 0) return 0;
  return Math.max(1.5, (100 * value) / largest);
}

const UNITS = ['', 'k', 'M', 'G', 'T', 'P'];

/** Return a number of operations as people read it: `4.46 M`. */
export function operationsText(flops: number): string {
  if (!flops) return '–';
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(flops) / 3));
  if (power <= 0) return String(Math.round(flops));
  return `${(flops / 1000 ** power).toPrecision(3)} ${UNITS[power]}`;
}
