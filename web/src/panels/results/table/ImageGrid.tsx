import { type RefObject, useEffect, useRef, useState } from 'react';
import type { ColumnInfo } from '../../../model/wire';
import { imageAddress } from '../api';
import { cellText, isImage } from './cells';
import { CAPTION, GAP, type SeenImages, TILE } from './images_picture';
import type { CachedRow } from './pages';
import { useScroll } from './useScroll';
import { rowsBefore, type Source, useRows } from './useTable';
import './images.css';

interface Props {
  source: Source;
  column: ColumnInfo;
  label: string;
  /** Is told what is seen, for whoever saves it as a picture. */
  view: RefObject<SeenImages | null>;
}

/** The images of a column side by side, with what the other columns say of them below. */
export function ImageGrid({ source, column, label, view }: Props) {
  const { columns } = source.view;
  const [large, setLarge] = useState<CachedRow | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const cache = useRows(source, null);
  const rows = cache.total ?? rowsBefore(source);

  const [width, setWidth] = useState(TILE);
  const across = Math.max(1, Math.floor((width - GAP) / (TILE + GAP)));
  const scroll = useScroll(scroller, Math.ceil(rows / across), TILE + CAPTION + GAP, GAP);
  useEffect(() => setWidth(scroll.width), [scroll.width]);
  const first = scroll.seen.first * across;
  const last = Math.min(rows, scroll.seen.last * across);
  useEffect(() => cache.want(first, Math.max(last, 1)), [cache, first, last]);

  const place = columns.indexOf(column);
  const words = columns.flatMap((one, at) => (isCaption(one) ? [at] : [])).slice(0, 2);
  const said = (row: CachedRow) =>
    words.map((at) => cellText(row.cells[at], columns[at].kind)).join(' → ');
  const caption = (row: CachedRow) => said(row) || `row ${row.index}`;
  useEffect(() => {
    // without the rows above and below that only wait to be seen
    const line = TILE + CAPTION + GAP;
    const top = Math.ceil(scroll.offset / line) * across;
    const count = Math.max(1, Math.floor(scroll.view / line)) * across;
    const numbers = Array.from({ length: Math.min(count, rows - top) }, (_, at) => top + at);
    view.current = {
      across,
      tiles: numbers.map((number) => {
        const row = cache.row(number);
        const image = row?.cells[place];
        return { image: isImage(image) ? image : undefined, caption: row ? caption(row) : '' };
      }),
    };
  });
  const tiles = [];
  for (let number = first; number < last; number++) {
    const row = cache.row(number);
    const image = row?.cells[place];
    tiles.push(
      <button
        key={number}
        type="button"
        className="fe-tile"
        disabled={!row}
        onClick={() => setLarge(row ?? null)}
        title={
          row && words.map((at) => `${columns[at].name}: ${cellText(row.cells[at])}`).join('\n')
        }
      >
        {isImage(image) ? <img src={image.image} alt="" draggable={false} /> : <span />}
        <small>{row ? caption(row) : ''}</small>
      </button>,
    );
  }
  return (
    <div className="fe-grid-frame">
      <div
        className="fe-images"
        role="region"
        aria-label={`Images of ${label}`}
        ref={scroller}
        onScroll={scroll.onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
      >
        <div className="fe-images-sheet" style={{ height: GAP + scroll.scaling.height }}>
          <div
            className="fe-tiles"
            style={{
              transform: `translateY(${scroll.seen.top}px)`,
              gridTemplateColumns: `repeat(${across}, ${TILE}px)`,
            }}
          >
            {tiles}
          </div>
        </div>
      </div>
      {large && (
        <button
          type="button"
          className="fe-large"
          onClick={() => setLarge(null)}
          aria-label="Close image"
        >
          <img src={imageAddress(source.place, large.index, column.name)} alt={caption(large)} />
          <small>
            row {large.index.toLocaleString('en')}
            {said(large) && ` · ${said(large)}`}
          </small>
        </button>
      )}
      {cache.fault && <p role="alert">{cache.fault}</p>}
    </div>
  );
}

/** What a person would write under an image: short words and classes, not measures or lists. */
function isCaption(column: ColumnInfo): boolean {
  return ['category', 'integer', 'text', 'boolean'].includes(column.kind);
}
