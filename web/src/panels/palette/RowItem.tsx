import type { PointerEvent } from 'react';
import { Icon } from '../../parts/Icon';
import { PackIcon } from '../../parts/PackIcon';
import { packOf } from '../../store/catalogue';
import { addToCentre } from './adding';
import type { Row } from './rows';

interface RowItemProps {
  row: Row;
  isCurrent: boolean;
  isSearch: boolean;
  onEnter: (element: HTMLElement, isKeyboard: boolean) => void;
  onPress: (event: PointerEvent<HTMLElement>) => void;
  setOpen: (id: string, open: boolean) => void;
}

/** A row of the palette: a pack, a group or a node. */
export function RowItem({ row, isCurrent, isSearch, onEnter, onPress, setOpen }: RowItemProps) {
  const isNode = row.kind === 'node';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys
    <div
      aria-expanded={isNode ? undefined : row.open}
      aria-level={row.level}
      aria-selected={isCurrent}
      className={`fe-palette-row fe-palette-${row.kind}`}
      data-row={row.id}
      data-type={isNode ? row.info.type : undefined}
      id={row.kind === 'pack' ? `fe-pack-${row.id}` : undefined}
      onClick={() => !isNode && setOpen(row.id, !row.open)}
      onDoubleClick={() => isNode && addToCentre(row.info.type)}
      onFocus={(event) => onEnter(event.currentTarget, true)}
      onPointerDown={onPress}
      onPointerEnter={(event) => onEnter(event.currentTarget, false)}
      role="treeitem"
      style={{ paddingLeft: isSearch ? 12 : 8 + 14 * (row.level - 1) }}
      tabIndex={isCurrent ? 0 : -1}
    >
      {isNode ? <NodeLabel isSearch={isSearch} row={row} /> : <BranchLabel row={row} />}
    </div>
  );
}

function BranchLabel({ row }: { row: Extract<Row, { open: boolean }> }) {
  return (
    <>
      <span className="fe-palette-arrow" data-open={row.open}>
        <Icon name="chevronRight" size={13} />
      </span>
      {row.kind === 'pack' && <PackIcon pack={row.pack} size={16} />}
      <span className="fe-palette-title">{row.title}</span>
      {row.fault ? (
        <span className="fe-palette-fault" title={row.fault}>
          <Icon name="warning" size={14} />
          <span className="fe-hidden">{row.fault}</span>
        </span>
      ) : (
        <span className="fe-palette-count">{row.count}</span>
      )}
    </>
  );
}

function NodeLabel({ row, isSearch }: { row: Extract<Row, { kind: 'node' }>; isSearch: boolean }) {
  const { info } = row;
  return (
    <>
      {isSearch && <PackIcon pack={packOf(info.type)} size={16} />}
      <span className="fe-palette-title">{info.title}</span>
      {isSearch && (
        <span className="fe-palette-count">
          {info.group.replaceAll('_', ' ') || packOf(info.type)}
        </span>
      )}
    </>
  );
}
