import { useState } from 'react';
import { IconButton } from '../../parts/Button';
import { Menu, type MenuItem } from '../../parts/Menu';
import { type Picture, savePicture } from '../../parts/saving';
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
  const save = (format: DownloadFormat) =>
    download(place, format).catch((error: unknown) => toast(sentenceOf(error), 'error'));
  const files = formats.map((format) => ({
    id: format,
    label: NAMES[format],
    perform: () => void save(format),
  }));
  return <DownloadButton items={[...more, ...files]} />;
}

/** What is shown as SVG and as PNG; it is drawn when it is asked for. */
export function pictureItems(draw: () => Picture, stem: string): MenuItem[] {
  const save = async (format: 'png' | 'svg') => savePicture(draw(), format, stem);
  return (['png', 'svg'] as const).map((format) => ({
    id: `picture-${format}`,
    label: `${format.toUpperCase()} picture`,
    perform: () => void save(format).catch((error: unknown) => toast(sentenceOf(error), 'error')),
  }));
}

/** The button that offers what can be saved. */
export function DownloadButton({ items }: { items: readonly MenuItem[] }) {
  const [anchor, setAnchor] = useState<DOMRect | null>(null);
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
        <Menu
          label="Download as"
          items={[...items]}
          anchor={anchor}
          onClose={() => setAnchor(null)}
        />
      )}
    </>
  );
}
