import type { CSSProperties } from 'react';
import type { NetworkView } from '../../../model/wire';
import { useReport } from '../../../store/report';
import { useView } from '../../../store/view';
import { barWidth, type Line, layerLines, operationsText } from './layers';

/** The layers of a network, each as large as its bars say; a click selects it on the canvas. */
export function LayerList({ view }: { view: NetworkView }) {
  const report = useReport((state) => state.report);
  const lines = layerLines(view, report);
  const parameters = Math.max(...lines.map((line) => line.parameters));
  const flops = Math.max(...lines.map((line) => line.flops));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="fe-layers" role="region" aria-label="Layers" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Output</th>
            <th scope="col">Parameters</th>
            <th scope="col">Operations</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.isInput} ${line.name}`}>
              <th scope="row">
                <LayerName line={line} />
              </th>
              <td className="fe-layers-shape">{line.shape}</td>
              <td>
                <Bar
                  share={barWidth(line.parameters, parameters)}
                  text={line.parameters ? line.parameters.toLocaleString('en') : '–'}
                  isPale={line.frozen}
                />
              </td>
              <td>
                <Bar share={barWidth(line.flops, flops)} text={operationsText(line.flops)} isPale />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LayerName({ line }: { line: Line }) {
  const words = (
    <>
      <strong>{line.name}</strong>
      <small>
        {line.title}
        {line.frozen && ' · frozen'}
      </small>
    </>
  );
  const { node } = line;
  if (!node) return <span className="fe-layers-name">{words}</span>;
  return (
    <button
      type="button"
      className="fe-layers-name"
      title="Select it on the canvas"
      onClick={() => selectNode(node)}
    >
      {words}
    </button>
  );
}

function selectNode(path: string): void {
  const view = useView.getState();
  const component = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  if (component !== view.component) view.openComponent(component);
  view.select([path]);
}

function Bar({ share, text, isPale }: { share: number; text: string; isPale: boolean }) {
  const style = { '--fe-share': share } as CSSProperties;
  return (
    <span className={isPale ? 'fe-layers-bar fe-layers-pale' : 'fe-layers-bar'} style={style}>
      <span>{text}</span>
      <i />
    </span>
  );
}
