import { useMemo, useRef, useState } from 'react';
import { variable } from '../../../charts/palette';
import type { Picture } from '../../../parts/saving';
import { DownloadMenu, pictureItems } from '../DownloadMenu';
import { type Choice, Switch, Toolbar } from '../Toolbar';
import { ColumnList } from './ColumnList';
import { Find } from './Find';
import { ImageGrid } from './ImageGrid';
import { imagesPicture, type SeenImages } from './images_picture';
import { TableGrid } from './TableGrid';
import { type Seen, tablePicture } from './table_picture';
import { type Source, useTotal } from './useTable';

type Way = 'rows' | 'images' | 'columns';

const ROWS: Choice<Way> = { id: 'rows', label: 'Rows', icon: 'table' };
const IMAGES: Choice<Way> = { id: 'images', label: 'Images', icon: 'grid' };
const COLUMNS: Choice<Way> = { id: 'columns', label: 'Columns', icon: 'columns' };

const NOT_YET = 'The table is not drawn yet.';

interface Props {
  source: Source;
  label: string;
  /** How it is shown first. */
  first?: Way;
}

/** A table: its rows, its images side by side, or its columns in numbers. */
export default function TableTab({ source, label, first = 'rows' }: Props) {
  const { columns } = source.view;
  const images = columns.filter((column) => column.kind === 'image');
  const [asked, setWay] = useState<Way>(first);
  const way = asked === 'images' && !images.length ? 'rows' : asked;
  const choices = images.length ? [ROWS, IMAGES, COLUMNS] : [ROWS, COLUMNS];
  const [search, setSearch] = useState('');
  const seen = useMemo(() => (search ? { ...source, search } : source), [source, search]);
  const total = useTotal(seen);
  const words = source.filter ? [] : [count(columns.length, 'column')];
  const rows = search
    ? `${total?.toLocaleString('en') ?? '…'} of ${count(source.view.rows, 'row')}`
    : count(total ?? 0, 'row');
  const facts = total === null && !search ? '' : [rows, ...words].join(' · ');
  const seenRows = useRef<Seen | null>(null);
  const seenImages = useRef<SeenImages | null>(null);
  const draw = () =>
    way === 'images' ? drawnImages(seenImages.current) : drawnRows(seenRows.current);
  const { node, port } = source.place;
  const pictures = pictureItems(draw, `${node.replaceAll('/', '_')}_${port}`);
  return (
    <div className="fe-value">
      <Toolbar facts={facts}>
        {way !== 'columns' && <Find find={setSearch} />}
        <Switch label="Show" choices={choices} chosen={way} choose={setWay} />
        {!source.filter && (
          <DownloadMenu
            place={source.place}
            formats={['csv', 'parquet', 'json']}
            more={way === 'columns' ? [] : pictures}
          />
        )}
      </Toolbar>
      {way === 'rows' && <TableGrid source={seen} label={label} key={search} view={seenRows} />}
      {way === 'images' && (
        <ImageGrid source={seen} column={images[0]} label={label} key={search} view={seenImages} />
      )}
      {way === 'columns' && <ColumnList source={source} />}
    </div>
  );
}

/** The rows that are seen, in the colours of the theme. */
function drawnRows(seen: Seen | null): Picture {
  if (!seen) throw new Error(NOT_YET);
  return tablePicture(seen, {
    background: variable('--fe-surface'),
    head: variable('--fe-sunken'),
    text: variable('--fe-text'),
    soft: variable('--fe-text-soft'),
    line: variable('--fe-line'),
  });
}

/** The images that are seen, likewise. */
function drawnImages(seen: SeenImages | null): Picture {
  if (!seen) throw new Error(NOT_YET);
  return imagesPicture(seen, {
    background: variable('--fe-surface'),
    empty: variable('--fe-sunken'),
    soft: variable('--fe-text-soft'),
  });
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
