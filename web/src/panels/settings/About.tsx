import { useState } from 'react';
import type { NodeInfo } from '../../model/wire';
import { Prose, Words } from './Prose';

/** What the node does: a sentence, and its help page on request. */
export function About({ info }: { info: NodeInfo }) {
  const [isOpen, setOpen] = useState(false);
  const ports = [...info.inputs, ...info.outputs].filter((port) => port.help);
  const hasMore = info.description !== '' || ports.length > 0;
  return (
    <div className="fe-set-about">
      <p>
        <Words text={info.summary} />{' '}
        {hasMore && (
          <button
            aria-expanded={isOpen}
            className="fe-set-link"
            onClick={() => setOpen(!isOpen)}
            type="button"
          >
            {isOpen ? 'Less' : 'More'}
          </button>
        )}
      </p>
      {isOpen && (
        <>
          <Prose text={info.description} />
          {ports.length > 0 && (
            <dl className="fe-set-about-ports">
              {ports.map((port) => (
                <div key={port.id}>
                  <dt>{port.id}</dt>
                  <dd>
                    <Words text={port.help} />
                  </dd>
                </div>
              ))}
            </dl>
          )}
        </>
      )}
    </div>
  );
}
