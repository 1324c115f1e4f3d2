/** Titles on cards: where they may break, how large they can be from far away, how they are told. */

const BREAK = /(?<=[a-z0-9D])(?=[A-Z][a-z])/;
/** The width of a bold letter, in parts of its size. */
const LETTER = 0.66;
const LINE = 1.15;

/** The words of a title; also those that are written together, as in `BatchNormalization`. */
export const wordsOf = (title: string): string[][] =>
  title.split(' ').map((word) => word.split(BREAK));

/** What a card is called where it is not seen: `Conv2D conv_1, done`. */
export const calledAs = (title: string, name: string, state: string): string =>
  `${title === name ? name : `${title} ${name}`}, ${state}`;

/** The largest size of letters with which a whole title stands in a box, on one line or several. */
export function sizeIn(
  title: string,
  width: number,
  height: number,
  largest: number,
  smallest: number,
): number {
  for (let size = largest; size > smallest; size--) {
    const lines = linesAt(title, width / (size * LETTER));
    if (lines !== undefined && lines * size * LINE <= height) return size;
  }
  return smallest;
}

/** How many lines a title takes that have room for so many letters; undefined: a word is longer. */
function linesAt(title: string, room: number): number | undefined {
  let lines = 1;
  let used = 0;
  for (const word of wordsOf(title))
    for (const [index, part] of word.entries()) {
      if (part.length > room) return undefined;
      const space = used > 0 && index === 0 ? 1 : 0;
      if (used + space + part.length > room) {
        lines += 1;
        used = part.length;
      } else used += space + part.length;
    }
  return lines;
}
