import { useState } from 'react';
import { IconButton } from '../../parts/Button';
import { Menu, type MenuItem } from '../../parts/Menu';
import { sentenceOf } from '../../store/server';
import { toast } from '../../store/toast';
import { type DownloadFormat, download, type Place } from './api';

const NAMES: Record<DownloadFormat, string> = {
  csv: 'CSV',
  parquet: 'Parquet',
  json: 'JSON',
  svg: 'SVG diagram',
  safetensors: 'Safetensors',
  keras: 'Keras',
};

interface Props {
  place: Place;
  formats: readonly DownloadFormat[];
  /** What can be saved without asking the server. */
  more?: readonly MenuItem[];
}

/** Saves a value as a file. */
export function DownloadMenu({ place, formats, more = [] }: Props) {
  const [anchor, setAnchor] = useState<DOMRect | null>(null);
  const save = (format: DownloadFormat) =>
    download(place, format).catch((error: unknown) => toast(sentenceOf(error), 'error'));
  const items = [
    ...more,
    ...formats.map((format) => ({
      id: format,
      label: NAMES[format],
      perform: () => void save(format),
    })),
  ];
  return (
    <>
      <IconButton
        icon="download"
        label="Download"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      />
      {anchor && (
        <Menu label="Download as" items={items} anchor={anchor} onClose={() => setAnchor(null)} />
      )}
    </>
  );
}
