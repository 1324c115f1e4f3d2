import type { KeyboardEvent } from 'react';
import { meant, shown } from '../../../model/form/escapes';
import { fromText, toText } from '../../../model/form/typed';
import { aria, type WidgetProps } from './props';
import { useDraft } from './useDraft';

/** Text that grows with its lines; Shift+Enter begins a new one, Enter is done. */
export function TextInput(props: WidgetProps) {
  const { shape, fallback, onChange } = props;
  const hasEmpty = shape.kind === 'text' && fallback !== null && fallback !== undefined;
  const draft = useDraft(
    props.value,
    (value) => shown(toText(shape, value)),
    (text) => (text === '' && !hasEmpty ? undefined : fromText(shape, meant(text))),
    onChange,
  );

  const isBare = fallback === undefined && shape.kind === 'list';
  const hint = props.nullable ? props.empty : isBare ? 'numbers, such as 28, 28, 1' : '';

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key !== 'Enter' || event.shiftKey || shape.kind === 'free') return;
    event.preventDefault();
    event.currentTarget.blur();
  }

  return (
    <textarea
      {...aria(props)}
      aria-label={props.label}
      autoComplete="off"
      className={shape.kind === 'free' ? 'fe-set-field fe-set-field-code' : 'fe-set-field'}
      onBlur={draft.leave}
      onChange={(event) => draft.type(event.target.value)}
      onKeyDown={onKeyDown}
      placeholder={shown(toText(shape, fallback)) || hint}
      rows={1}
      spellCheck={false}
      value={draft.text}
    />
  );
}
