import type { Bin } from '../../../model/wire';

/** Bars as high as their counts: how a column's values are spread, at a glance. */
export function Histogram({ bins, height }: { bins: readonly Bin[]; height: number }) {
  const highest = Math.max(1, ...bins.map((bin) => bin.count));
  return (
    <svg
      className="fe-histogram"
      viewBox={`0 0 ${bins.length} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {bins.map((bin, place) => {
        // What is there at all can be seen, however rare it is.
        const bar = bin.count ? Math.max(1, (bin.count / highest) * height) : 0;
        return (
          <rect key={place} x={place + 0.08} y={height - bar} width={0.84} height={bar}>
            <title>{`${bin.label}: ${bin.count.toLocaleString('en')}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
