import { useMemo } from 'react';
import type { InsidePart } from '../../../model/wire';
import { useView } from '../../../store/view';
import { scaleOf } from './colour';
import { FieldCanvas } from './FieldCanvas';
import { decoded, leftOut, partTitle, strip, valueText } from './values';
import './strips.css';

const LABEL = 116;
/** Widths of a step: with a word above, with a letter, and with nothing. */
const STEP = { word: 18, letter: 9, least: 3, most: 20 };
/** Heights of a line; of all lines of a strip together. */
const LINE = { least: 2, most: 10, all: 88 };

interface Props {
  parts: readonly InsidePart[];
  /** What each step is; empty where nothing tells. */
  steps: readonly string[];
  width: number;
  say: (text: string) => void;
}

/** What has steps, as strips of heat below each other: a line a unit, a column a step. */
export function Strips({ parts, steps, width, say }: Props) {
  const count = parts[0].shown[0];
  const words = steps.length === count ? steps : [];
  const isLetters = words.every((word) => [...word].length <= 1);
  const least = words.length ? (isLetters ? STEP.letter : STEP.word) : STEP.least;
  const step = Math.max(least, Math.min(STEP.most, Math.floor((width - LABEL) / count)));
  const units = parts[0].shape[1];
  return (
    <>
      <div className="fe-inside-facts">
        {`one line a unit (${units}) ↓ one column a step (${count}) →`}
        {leftOut(parts[0]) && ` · ${leftOut(parts[0])}`}
      </div>
      <div className="fe-strips">
        {words.length > 0 && (
          <div className="fe-strip-words" data-letters={isLetters}>
            {words.map((word, place) => (
              <span key={place} style={{ width: step }} title={word}>
                {isLetters ? shown(word) : word}
              </span>
            ))}
          </div>
        )}
        {parts.map((part) => (
          <StripOf key={part.kind} part={part} step={step} words={words} say={say} />
        ))}
      </div>
    </>
  );
}

interface StripProps {
  part: InsidePart;
  step: number;
  words: readonly string[];
  say: (text: string) => void;
}

function StripOf({ part, step, words, say }: StripProps) {
  const theme = useView((state) => state.theme);
  const field = useMemo(() => strip(part, decoded(part)), [part]);
  const scale = useMemo(() => scaleOf(part.kind, part.low, part.high, theme), [part, theme]);
  const line = Math.max(LINE.least, Math.min(LINE.most, LINE.all / field.height));
  const title = partTitle(part);
  return (
    <div className="fe-strip">
      <span className="fe-strip-label">
        {title}
        <small>
          {valueText(part.low)} … {valueText(part.high)}
        </small>
      </span>
      <FieldCanvas
        field={field}
        scale={scale}
        width={step * field.width}
        height={line * field.height}
        label={`${title} of ${field.height} units over ${field.width} steps`}
        onPoint={(at) =>
          say(
            at
              ? `${title} · unit ${at.y} · step ${at.x}${words[at.x] ? ` “${words[at.x]}”` : ''} · ${valueText(at.value)}`
              : '',
          )
        }
      />
    </div>
  );
}

/** What cannot be seen is drawn as something that can. */
function shown(letter: string): string {
  return letter === ' ' ? '·' : letter === '\n' ? '↵' : letter;
}
