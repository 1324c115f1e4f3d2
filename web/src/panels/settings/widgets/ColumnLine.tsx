import type { ReactNode } from 'react';
import type { ColumnInfo } from '../../../model/wire';
import { keepFocus } from './keep_focus';

interface ColumnLineProps {
  name: string;
  column: ColumnInfo | undefined;
  /** What a click does: “Take” or “Leave”. */
  verb: string;
  isMissing?: boolean;
  onClick: () => void;
  onMove?: (by: number) => void;
  children?: ReactNode;
}

/** A column with its type; Alt with an arrow key moves it. */
export function ColumnLine(props: ColumnLineProps) {
  const { name, column, verb, isMissing, onClick, onMove, children } = props;
  const badge = isMissing ? 'missing' : (column?.type ?? '');
  return (
    <div className="fe-set-column" data-missing={isMissing || undefined}>
      <button
        aria-description={verb}
        className="fe-set-column-name"
        onClick={(event) => {
          const side = event.currentTarget.closest('.fe-set-twin-side');
          keepFocus(side, '.fe-set-column-name', side?.parentElement?.querySelector('input'));
          onClick();
        }}
        onKeyDown={(event) => {
          if (!onMove || !event.altKey) return;
          if (event.key === 'ArrowUp') onMove(-1);
          else if (event.key === 'ArrowDown') onMove(1);
          else return;
          event.preventDefault();
        }}
        title={isMissing ? `“${name}” is not in the table.` : `${verb} ${name}`}
        type="button"
      >
        <span>{name}</span> <span className="fe-set-badge">{badge}</span>
      </button>
      {children}
    </div>
  );
}
