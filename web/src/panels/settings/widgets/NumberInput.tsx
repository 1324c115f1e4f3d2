import type { KeyboardEvent } from 'react';
import type { NumberShape } from '../../../model/form/shape';
import { stepped } from '../../../model/form/steps';
import { fromText, toText } from '../../../model/form/typed';
import { aria, type WidgetProps } from './props';
import { useDraft } from './useDraft';

/** A number; the arrow keys step it, with Shift ten at a time. */
export function NumberInput(props: WidgetProps<NumberShape>) {
  const { shape, value, fallback, onChange } = props;
  const draft = useDraft(
    value,
    (known) => toText(shape, known),
    (text) => fromText(shape, text),
    onChange,
  );

  function step(direction: number, far: boolean): void {
    const from = typeof value === 'number' ? value : typeof fallback === 'number' ? fallback : 0;
    draft.leave();
    onChange(stepped(shape, from, direction, far));
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    step(event.key === 'ArrowUp' ? 1 : -1, event.shiftKey);
  }

  return (
    <span className="fe-set-number">
      <input
        {...aria(props)}
        aria-label={props.label}
        autoComplete="off"
        className="fe-set-field"
        inputMode={shape.integer ? 'numeric' : 'decimal'}
        onBlur={draft.leave}
        onChange={(event) => draft.type(event.target.value)}
        onKeyDown={onKeyDown}
        placeholder={toText(shape, fallback) || (props.nullable ? props.empty : '')}
        spellCheck={false}
        value={draft.text}
      />
      <span aria-hidden="true" className="fe-set-number-steps">
        <button onClick={() => step(1, false)} tabIndex={-1} type="button">
          <svg viewBox="0 0 8 5">
            <path d="M1 4l3-3 3 3" />
          </svg>
        </button>
        <button onClick={() => step(-1, false)} tabIndex={-1} type="button">
          <svg viewBox="0 0 8 5">
            <path d="M1 1l3 3 3-3" />
          </svg>
        </button>
      </span>
    </span>
  );
}
