import { Fragment } from 'react';
import { type Piece, paragraphs, pieces } from '../../model/form/prose';
import './Prose.css';

/** A help text in paragraphs. */
export function Prose({ text }: { text: string }) {
  return (
    <div className="fe-set-prose">
      {paragraphs(text).map((parts, index) => (
        <p key={index}>
          <Pieces parts={parts} />
        </p>
      ))}
    </div>
  );
}

/** A help text in one line. */
export function Words({ text }: { text: string }) {
  return <Pieces parts={pieces(text)} />;
}

function Pieces({ parts }: { parts: Piece[] }) {
  return parts.map(({ kind, text }, index) => {
    if (kind === 'code') return <code key={index}>{text}</code>;
    if (kind === 'emphasis') return <em key={index}>{text}</em>;
    return <Fragment key={index}>{text}</Fragment>;
  });
}
