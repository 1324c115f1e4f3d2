import { type CSSProperties, useMemo } from 'react';
import type { InsidePart } from '../../../model/wire';
import { useView } from '../../../store/view';
import { scaleOf } from './colour';
import { FieldCanvas } from './FieldCanvas';
import { decoded, valueText, wrapped } from './values';
import './bars.css';

/** So many units get a bar each; more become fields. */
const BARS = 40;
const FIELD = { least: 4, most: 12 };

interface Props {
  part: InsidePart;
  /** Names of the classes that the units stand for, where they do. */
  classes: readonly string[];
  width: number;
  say: (text: string) => void;
}

/** What units without steps say: bars where they are few, else fields. */
export function Units({ part, classes, width, say }: Props) {
  const values = useMemo(() => decoded(part), [part]);
  if (values.length > BARS) return <Fields part={part} values={values} width={width} say={say} />;
  const reach = Math.max(Math.abs(part.low), Math.abs(part.high)) || 1;
  const best = classes.length ? values.indexOf(Math.max(...values)) : -1;
  return (
    <dl className="fe-bars" data-signed={part.low < 0}>
      {[...values].map((value, unit) => {
        const style = { '--fe-share': value / reach } as CSSProperties;
        return (
          <div key={unit} data-best={unit === best} data-negative={value < 0}>
            <dt>{classes[unit] ?? unit}</dt>
            <dd>
              <i style={style} />
            </dd>
            <dd>{Math.abs(value) < reach * 1e-4 ? '0' : valueText(value)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

interface FieldsProps {
  part: InsidePart;
  values: Float32Array;
  width: number;
  say: (text: string) => void;
}

function Fields({ part, values, width, say }: FieldsProps) {
  const theme = useView((state) => state.theme);
  const field = useMemo(() => wrapped(part, values), [part, values]);
  const scale = useMemo(() => scaleOf(part.kind, part.low, part.high, theme), [part, theme]);
  const side = Math.max(FIELD.least, Math.min(FIELD.most, Math.floor(width / field.width)));
  return (
    <>
      <div className="fe-inside-facts">
        {part.shape[0].toLocaleString('en')} units · {valueText(part.low)} … {valueText(part.high)}
      </div>
      <FieldCanvas
        field={field}
        scale={scale}
        width={side * field.width}
        height={side * field.height}
        label={`Activation of ${part.shape[0]} units`}
        onPoint={(at) => {
          const isUnit = at !== null && !Number.isNaN(at.value);
          say(isUnit ? `unit ${at.y * field.width + at.x} · ${valueText(at.value)}` : '');
        }}
      />
    </>
  );
}
