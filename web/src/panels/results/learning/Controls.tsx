import type { MenuItem } from '../../../parts/Menu';
import { DownloadButton } from '../DownloadMenu';
import { Switch } from '../Toolbar';
import { useOptions } from './options';

interface Props {
  hasEpochs: boolean;
  /** How many earlier runs there are. */
  earlier: number;
  isValidated: boolean;
  /** As what the curves can be saved. */
  saving: readonly MenuItem[];
}

/** How the curves are drawn. */
export function Controls({ hasEpochs, earlier, isValidated, saving }: Props) {
  const options = useOptions();
  return (
    <div className="fe-results-bar fe-curve-controls">
      <label>
        Smoothing
        <input
          type="range"
          min={0}
          max={0.98}
          step={0.02}
          value={options.smoothing}
          onChange={(event) => options.change({ smoothing: Number(event.target.value) })}
        />
        <output>{options.smoothing.toFixed(2)}</output>
      </label>
      {hasEpochs && (
        <Switch
          label="Axis"
          choices={[
            { id: 'epoch', label: 'Epochs' },
            { id: 'step', label: 'Steps' },
          ]}
          chosen={options.axis}
          choose={(axis) => options.change({ axis })}
        />
      )}
      <label>
        <input
          type="checkbox"
          checked={options.isLog}
          onChange={(event) => options.change({ isLog: event.target.checked })}
        />
        Log scale
      </label>
      {earlier > 0 && (
        <label>
          <input
            type="checkbox"
            checked={options.earlier}
            onChange={(event) => options.change({ earlier: event.target.checked })}
          />
          Earlier runs
        </label>
      )}
      <span className="fe-curve-legend">
        <i className="fe-curve-dash" /> training
        {isValidated && (
          <>
            <i className="fe-curve-dot" /> validation
          </>
        )}
      </span>
      <DownloadButton items={saving} />
    </div>
  );
}
