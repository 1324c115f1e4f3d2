import { useEffect, useState } from 'react';
import { fetchDiagram, type Place } from '../api';
import { useAsked } from '../useAsked';

/** The network as a picture, drawn by the server. */
export function Diagram({ place, version }: { place: Place; version: string }) {
  const key = [place.workflow, place.node, place.port, version].join('\n');
  const { answer, fault } = useAsked(key, (signal) => fetchDiagram(place, signal));
  const [source, setSource] = useState('');
  useEffect(() => {
    if (answer === null) return;
    // As an image it can show itself and do nothing else.
    const made = URL.createObjectURL(new Blob([answer], { type: 'image/svg+xml' }));
    setSource(made);
    return () => URL.revokeObjectURL(made);
  }, [answer]);
  if (fault) return <p className="fe-results-hint">{fault}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="fe-diagram" role="region" aria-label="Diagram" tabIndex={0}>
      {source && <img src={source} alt="The layers of the network and how they are connected" />}
    </div>
  );
}
