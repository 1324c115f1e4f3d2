import { Fragment } from 'react';
import { WIDTH } from '../model/geometry';
import { sizeIn, wordsOf } from '../model/titles';
import type { Detail } from './far';

/** Where a title stands on its card, and how large its letters are, by how far away it is seen. */
const ROOMS: Record<Detail, { width: number; height: number; largest: number; smallest: number }> =
  {
    near: { width: 104, height: 34, largest: 13, smallest: 11 },
    middle: { width: 114, height: 34, largest: 14, smallest: 12 },
    far: { width: WIDTH - 16, height: 56, largest: 25, smallest: 14 },
  };

/** A node's title; it breaks between words, also those written together, and is not cut. */
export function Title({ text, detail }: { text: string; detail: Detail }) {
  const { width, height, largest, smallest } = ROOMS[detail];
  const fontSize = sizeIn(text, width, height, largest, smallest);
  return (
    <span className="fe-node-title" title={text} style={{ fontSize }}>
      <Broken text={text} />
    </span>
  );
}

function Broken({ text }: { text: string }) {
  return wordsOf(text).map((parts, index) => (
    <Fragment key={index}>
      {index > 0 && ' '}
      {parts.map((part, place) => (
        <Fragment key={place}>
          {place > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </Fragment>
  ));
}
