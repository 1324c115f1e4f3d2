import { Suspense, useRef, useState } from 'react';
import type { View } from 'vega';
import { behind, filterText, type Row, rowsFrom } from '../../../charts/specification';
import type { ChartView } from '../../../model/wire';
import { IconButton } from '../../../parts/Button';
import { lazily } from '../../../parts/lazily';
import { saveBlob } from '../../../parts/saving';
import { useNode } from '../../../store/report';
import { sentenceOf } from '../../../store/server';
import { toast } from '../../../store/toast';
import type { Filter, Place } from '../api';
import { DownloadMenu } from '../DownloadMenu';
import { Toolbar } from '../Toolbar';
import { BehindTable } from './BehindTable';
import './values.css';

const VegaChart = lazily(() => import('../../../charts/VegaChart'));

interface Props {
  view: ChartView;
  place: Place;
  label: string;
}

/** A chart; where its node says so, a click on a mark shows the rows behind it. */
export default function ChartTab({ view, place, label }: Props) {
  const drawn = useRef<View | null>(null);
  const [filter, setFilter] = useState<Filter | null>(null);
  const from = rowsFrom(view.specification);
  const source = useNode(place.node)?.inputs[from?.port ?? '']?.[0];
  const isLinked = from !== null && source !== undefined;
  const look = (row: Row) => from && setFilter(behind(from, row));
  const save = (format: 'png' | 'svg') =>
    picture(drawn.current, format).then(
      (blob) => saveBlob(blob, `${place.node.replaceAll('/', '_')}_${place.port}.${format}`),
      (error: unknown) => toast(sentenceOf(error), 'error'),
    );
  const pictures = (['png', 'svg'] as const).map((format) => ({
    id: format,
    label: `${format.toUpperCase()} picture`,
    perform: () => void save(format),
  }));
  const hint = isLinked ? 'Click to see the rows behind' : '';
  return (
    <div className="fe-value">
      <Toolbar facts={filter ? `Rows with ${filterText(filter)}` : hint}>
        {filter && (
          <IconButton icon="close" label="Close the rows" onClick={() => setFilter(null)} />
        )}
        <DownloadMenu place={place} formats={['csv', 'json']} more={pictures} />
      </Toolbar>
      <div className="fe-chart-and-rows">
        <Suspense fallback={null}>
          <VegaChart
            specification={view.specification}
            rows={view.rows}
            label={label}
            onMark={isLinked ? look : undefined}
            view={drawn}
          />
        </Suspense>
        {filter && source && (
          <BehindTable
            place={{ workflow: place.workflow, node: source.node, port: source.port }}
            filter={filter}
          />
        )}
      </div>
    </div>
  );
}

async function picture(view: View | null, format: 'png' | 'svg'): Promise<Blob> {
  if (!view) throw new Error('The chart is not drawn yet.');
  if (format === 'svg') return new Blob([await view.toSVG()], { type: 'image/svg+xml' });
  const canvas = await view.toCanvas(2);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser made no PNG.'))));
  });
}
