/** Help texts as paragraphs of plain words, `code` and *emphasis*. */

export interface Piece {
  kind: 'plain' | 'code' | 'emphasis';
  text: string;
}

const MARKED = /``([^`]+)``|`([^`]+)`|\*([^*\s](?:[^*]*[^*\s])?)\*/g;

/** Return the paragraphs of a text, each as pieces. */
export function paragraphs(text: string): Piece[][] {
  return text
    .split(/\n\s*\n/)
    .map((part) => pieces(part.replace(/\s+/g, ' ').trim()))
    .filter((part) => part.length > 0);
}

/** Return the pieces of one paragraph. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKED)) {
    if (match.index > end) found.push({ kind: 'plain', text: text.slice(end, match.index) });
    const code = match[1] ?? match[2];
    found.push(
      code === undefined
        ? { kind: 'emphasis', text: match[3] ?? '' }
        : { kind: 'code', text: code },
    );
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: 'plain', text: text.slice(end) });
  return found;
}
