/** Finding node types by what people call them. */

import { INPUT } from '../../model/document';
import type { NodeInfo } from '../../model/wire';

/** Return the node types that fit a text, best first; all of them in order for an empty one. */
export function search(nodes: NodeInfo[], text: string): NodeInfo[] {
  const words = plain(text).split(' ').filter(Boolean);
  if (!words.length) return nodes;
  return nodes
    .map((info, place) => ({ info, place, score: scoreOf(info, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || rarity(a.info) - rarity(b.info) || a.place - b.place)
    .map(({ info }) => info);
}

/** Who types "input" means a network's more often than a component's. */
const rarity = ({ type }: NodeInfo): number => (type === INPUT ? 1 : 0);

/** Return how well a node type fits: each word must be found somewhere, else 0. */
function scoreOf(info: NodeInfo, words: string[]): number {
  const title = plain(info.title);
  const names = [info.type, ...info.was].map((type) => plain(type.slice(type.indexOf('.') + 1)));
  const keywords = info.keywords.map(plain);
  let sum = 0;
  for (const word of words) {
    const best = Math.max(
      found(title, word, 100),
      ...names.map((name) => found(name, word, 80)),
      ...keywords.map((keyword) => found(keyword, word, 60)),
      begins(plain(info.summary), word) ? 15 : 0,
      alike(title, word) ? 10 : 0,
    );
    if (best === 0) return 0;
    sum += best;
  }
  const whole = words.join(' ');
  return sum + ([title, ...names, ...keywords].includes(whole) ? 100 : 0);
}

/** The whole text counts most, then the begin of it, of a word, and any place in it. */
function found(text: string, word: string, most: number): number {
  if (text === word) return most;
  if (text.startsWith(word)) return most * 0.8;
  if (begins(text, word)) return most * 0.6;
  // `maxpooling2d` is one word to those who write Keras
  if (text.replaceAll(' ', '').includes(word)) return most * 0.4;
  return 0;
}

const begins = (text: string, word: string): boolean => ` ${text}`.includes(` ${word}`);

/** Return whether one of a text's words is the word but for one slip, or has its letters in order. */
function alike(text: string, word: string): boolean {
  if (word.length < 3) return false;
  return text.split(' ').some((part) => within(part, word) || isNear(part, word));
}

function within(text: string, word: string): boolean {
  let at = 0;
  for (const letter of text) if (letter === word[at]) at += 1;
  return at === word.length && text[0] === word[0];
}

/** Return whether two words differ by one letter, or by two neighbours changed round. */
function isNear(one: string, other: string): boolean {
  if (other.length < 4 || Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const rests = [one.slice(start), other.slice(start)] as const;
  const [a, b] = rests;
  return (
    a.slice(1) === b ||
    a === b.slice(1) ||
    a.slice(1) === b.slice(1) ||
    (a.slice(2) === b.slice(2) && a[0] === b[1] && a[1] === b[0])
  );
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
