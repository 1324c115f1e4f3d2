import type { ColumnKind } from '../../../model/wire';
import { cellText, isImage, isList } from './cells';

/** A value as its cell shows it: images small, missing values as a dash. */
export function CellValue({ value, kind }: { value: unknown; kind: ColumnKind }) {
  if (value === null || value === undefined) {
    return (
      <span className="fe-cell-missing" role="img" aria-label="missing" title="missing value" />
    );
  }
  if (isImage(value)) {
    const size = `${value.height}×${value.width}`;
    const isSmall = Math.max(value.width, value.height) <= 64;
    return (
      <img
        className={isSmall ? 'fe-thumbnail fe-thumbnail-sharp' : 'fe-thumbnail'}
        src={value.image}
        alt={`${size} pixels`}
        draggable={false}
      />
    );
  }
  const text = cellText(value, kind);
  if (isList(value)) return <span className="fe-cell-list">{text}</span>;
  return <span title={text.length > 24 ? text : undefined}>{text}</span>;
}
