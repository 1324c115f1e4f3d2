import { useState } from 'react';
import { fits, matching, moved } from '../../../model/form/columns';
import type { ColumnShape } from '../../../model/form/shape';
import type { ColumnInfo } from '../../../model/wire';
import { Button, IconButton } from '../../../parts/Button';
import { ColumnLine } from './ColumnLine';
import { useForm, type WidgetProps } from './props';
import './columns.css';

/** Several columns: two lists, of what the table has and of what is taken, in order. */
export function ColumnsInput(props: WidgetProps<ColumnShape>) {
  const { shape, value, fallback, label, onChange } = props;
  const known = useForm().columnsOf(shape.port);
  const [search, setSearch] = useState('');
  const effective = value === undefined ? fallback : value;
  const taken = (Array.isArray(effective) ? effective : []).filter(
    (name) => typeof name === 'string',
  );
  const columns = known ?? [];
  const infos = new Map(columns.map((column) => [column.name, column]));
  const left = columns.filter(
    (column) => !taken.includes(column.name) && fits(column, shape.holds),
  );
  const shown = matching(left, search);
  const named = taken.map((name) => ({ name: String(name) }));
  // where nobody knows the columns, a new name is written there
  const shownTaken = known ? matching(named, search) : named;
  const take = (names: string[]) => onChange([...taken, ...names]);
  const isOptional = fallback !== undefined || props.nullable;
  const [isOpen, setOpen] = useState(value !== undefined || !isOptional);

  if (!isOpen && value === undefined)
    return (
      <button
        className="fe-set-field fe-set-field-pale fe-set-choose"
        id={props.id}
        onClick={() => setOpen(true)}
        type="button"
      >
        {taken.length ? taken.join(', ') : props.empty}
        <span>choose…</span>
      </button>
    );

  return (
    <fieldset aria-label={label} className="fe-set-twin">
      <div className="fe-set-twin-head">
        <input
          aria-label={`Search columns for ${label}`}
          className="fe-set-field"
          id={props.id}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            const name = shown[0]?.name ?? (known ? '' : search.trim());
            if (event.key !== 'Enter' || !search.trim() || !name) return;
            take([name]);
            setSearch('');
          }}
          placeholder={known ? 'Search columns' : 'Type a column, Enter adds it'}
          spellCheck={false}
          value={search}
        />
      </div>
      {known && (
        <Side
          action={
            shown.length > 0 && (
              <Button look="quiet" onClick={() => take(shown.map((column) => column.name))}>
                Take all
              </Button>
            )
          }
          empty={left.length ? 'No column has this in its name.' : 'All are taken.'}
          title={`In the table · ${left.length}`}
        >
          {shown.map((column) => (
            <ColumnLine
              column={column}
              key={column.name}
              name={column.name}
              onClick={() => take([column.name])}
              verb="Take"
            />
          ))}
        </Side>
      )}
      <Side
        action={
          shownTaken.length > 0 && (
            <Button
              look="quiet"
              onClick={() =>
                onChange(taken.filter((name) => !shownTaken.some((one) => one.name === name)))
              }
            >
              Clear
            </Button>
          )
        }
        empty={
          taken.length
            ? 'None of them has this in its name.'
            : value === undefined && isOptional
              ? 'None: the default holds.'
              : 'None.'
        }
        title={`Taken · ${taken.length}`}
      >
        {shownTaken.map(({ name }) => (
          <Taken
            column={infos.get(name)}
            isMissing={known !== undefined && !infos.has(name)}
            key={name}
            name={name}
            onMove={(by) => onChange(moved(taken, name, by))}
            onRemove={() => onChange(taken.filter((other) => other !== name))}
          />
        ))}
      </Side>
    </fieldset>
  );
}

interface SideProps {
  title: string;
  empty: string;
  action: React.ReactNode;
  children: React.ReactNode[];
}

function Side({ title, empty, action, children }: SideProps) {
  return (
    <section aria-label={title} className="fe-set-twin-side">
      <header>
        <span>{title}</span>
        {action}
      </header>
      <div className="fe-set-twin-list">
        {children.length ? children : <p className="fe-set-twin-empty">{empty}</p>}
      </div>
    </section>
  );
}

interface TakenProps {
  name: string;
  column: ColumnInfo | undefined;
  isMissing: boolean;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function Taken({ name, column, isMissing, onMove, onRemove }: TakenProps) {
  return (
    <ColumnLine
      column={column}
      isMissing={isMissing}
      name={name}
      onClick={onRemove}
      onMove={onMove}
      verb="Leave"
    >
      <IconButton icon="chevronUp" label={`Move ${name} up`} onClick={() => onMove(-1)} size={13} />
    </ColumnLine>
  );
}
