import type { CSSProperties } from 'react';
import type { RunCard, RunStatus } from '../../model/wire';
import { IconButton } from '../../parts/Button';
import { Icon } from '../../parts/Icon';
import type { IconName } from '../../parts/icons';
import { metricText } from '../results/learning/curves';
import { durationText } from '../results/learning/pace';
import { type Column, settingText, whenText } from './comparing';
import { restoreRun, saveReport } from './deeds';

const GLYPHS: Record<RunStatus, IconName> = {
  running: 'refresh',
  done: 'check',
  failed: 'close',
  cancelled: 'minus',
  interrupted: 'bolt',
};

interface Props {
  card: RunCard;
  /** Its colour in the chart, where it is compared. */
  colour: string | null;
  settings: readonly Column[];
  metrics: readonly Column[];
  toggle: () => void;
}

/** One run. */
export function RunLine({ card, colour, settings, metrics, toggle }: Props) {
  const when = whenText(card.started, new Date());
  return (
    <tr data-chosen={colour !== null}>
      <td>
        <input
          type="checkbox"
          aria-label={`Compare the run of ${when}`}
          checked={colour !== null}
          onChange={toggle}
          style={{ accentColor: colour ?? undefined } as CSSProperties}
        />
      </td>
      <td className="fe-runs-number" title={new Date(card.started * 1000).toLocaleString('en-GB')}>
        {when}
      </td>
      <td>
        <span className="fe-runs-status" data-status={card.status}>
          <Icon name={GLYPHS[card.status]} size={14} />
          {card.status}
        </span>
      </td>
      <td className="fe-runs-number">{card.seconds === null ? '–' : durationText(card.seconds)}</td>
      {settings.map(({ key }) => (
        <td key={key} className={key in card.differences ? undefined : 'fe-runs-same'}>
          {key in card.differences ? settingText(card.differences[key]) : 'as now'}
        </td>
      ))}
      {metrics.map(({ key, node, name }) => (
        <td key={key} className="fe-runs-number">
          {metricText(name, card.metrics[node]?.[name])}
        </td>
      ))}
      <td className="fe-runs-deeds">
        <IconButton
          icon="history"
          label={`Restore the settings of ${when}`}
          disabled={!Object.keys(card.differences).length}
          onClick={() => void restoreRun(card, when)}
        />
        <IconButton
          icon="download"
          label={`Save a report of ${when}`}
          onClick={() => void saveReport(card)}
        />
      </td>
    </tr>
  );
}
