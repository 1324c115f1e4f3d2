import { useState } from 'react';
import { cancel, stopLearning } from '../../../actions/run';
import type { NodeRun } from '../../../model/wire';
import { Button } from '../../../parts/Button';
import { lastValues, type Metrics, metricLabel, metricText } from './curves';
import { durationText } from './pace';
import { usePace } from './usePace';

interface Props {
  path: string;
  node: NodeRun | undefined;
  metrics: Metrics;
  stepsPerEpoch: number | null;
}

/** What the training says in numbers, and the buttons that end it. */
export function Numbers({ path, node, metrics, stepsPerEpoch }: Props) {
  const { stepsPerSecond, secondsLeft } = usePace(node, metrics);
  const isRunning = node?.state === 'running';
  const values = lastValues(metrics);
  const names = Object.keys(values).filter((name) => !name.startsWith('val_'));
  const isValidated = names.length < Object.keys(values).length;
  const epoch = /epoch (\d+\/\d+)/.exec(node?.message ?? '')?.[1]?.replace('/', ' of ');
  const perEpoch = stepsPerSecond && stepsPerEpoch ? stepsPerEpoch / stepsPerSecond : null;
  const facts: [string, string][] = [];
  if (epoch) facts.push(['Epoch', epoch]);
  if (isRunning) {
    facts.push(['Batches', stepsPerSecond ? `${rate(stepsPerSecond)} /s` : '–']);
    if (perEpoch) facts.push(['An epoch', durationText(perEpoch)]);
    facts.push(['Time left', secondsLeft === null ? '–' : durationText(secondsLeft)]);
  } else if (node?.seconds) {
    facts.push(['Took', durationText(node.seconds)]);
  }
  return (
    <aside className="fe-numbers" aria-label="Training in numbers">
      {isRunning && <progress value={node.fraction} aria-label="Progress" />}
      <dl>
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {isRunning && <Ending path={path} />}
      <table>
        <thead>
          <tr>
            <th aria-label="Metric" />
            <th scope="col">training</th>
            {isValidated && <th scope="col">validation</th>}
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{metricLabel(name)}</th>
              <td>{metricText(name, values[name])}</td>
              {isValidated && <td>{metricText(name, values[`val_${name}`])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </aside>
  );
}

/** Stop and keep what was learned, or throw it away. */
function Ending({ path }: { path: string }) {
  const [asked, setAsked] = useState(false);
  const end = async (act: () => Promise<void>) => {
    setAsked(true);
    await act();
    // Where that was refused it may be tried again; else the training ends and this goes away.
    setAsked(false);
  };
  return (
    <div className="fe-numbers-ending">
      <Button icon="stop" disabled={asked} onClick={() => end(() => stopLearning(path))}>
        Stop and keep
      </Button>
      <Button look="quiet" disabled={asked} onClick={() => end(cancel)}>
        Cancel
      </Button>
    </div>
  );
}

function rate(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
