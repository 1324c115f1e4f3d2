import { useMemo, useState } from 'react';
import type { InsidePart } from '../../../model/wire';
import { useView } from '../../../store/view';
import { scaleOf } from './colour';
import { FieldCanvas } from './FieldCanvas';
import { decoded, type Field, leftOut, partTitle, picture, valueText } from './values';
import './tiles.css';

/** Height of a picture, of one that was clicked, and of the kernel below it. */
const SIDE = 84;
const LARGE = 236;
const KERNEL = 30;
/** Pictures beyond are not drawn. */
const MOST = 128;

interface Props {
  kernels: InsidePart | undefined;
  maps: InsidePart | undefined;
  say: (text: string) => void;
}

/** What each unit of a convolution sees in the row, and the kernel it looks with. */
export function Tiles({ kernels, maps, say }: Props) {
  const [channel, setChannel] = useState(0);
  const [large, setLarge] = useState<number | null>(null);
  const mapOf = usePictures(maps, 0);
  const channels = kernels?.shown[2] ?? 1;
  const kernelOf = usePictures(kernels, Math.min(channel, channels - 1));
  const main = maps ?? kernels;
  if (!main) return null;
  const units = Math.min(MOST, main.shown[main.shown.length - 1]);
  const facts = [
    kernels && partTitle(kernels),
    maps && `${partTitle(maps)} of ${maps.shape[0]}×${maps.shape[1]}`,
    `${main.shape[main.shape.length - 1]} units`,
    leftOut(main),
  ];
  return (
    <>
      <div className="fe-inside-facts">
        {facts.filter(Boolean).join(' · ')}
        {channels > 1 && (
          <label>
            reading channel
            <input
              type="number"
              min={0}
              max={channels - 1}
              value={channel}
              onChange={(event) =>
                setChannel(
                  Math.min(channels - 1, Math.max(0, Math.floor(+event.target.value || 0))),
                )
              }
            />
            of {kernels?.shape[2]}
            {kernels && kernels.first.length > 0 && ' of its group'}
          </label>
        )}
      </div>
      <div className="fe-tiles-inside">
        {Array.from({ length: units }, (_, unit) => (
          <figure key={unit} data-large={large === unit}>
            {maps && (
              <button
                type="button"
                aria-label={`Unit ${unit}: ${large === unit ? 'smaller' : 'larger'}`}
                onClick={() => setLarge(large === unit ? null : unit)}
              >
                <Picture
                  side={large === unit ? LARGE : SIDE}
                  of={mapOf(unit)}
                  label={`Feature map of unit ${unit}`}
                  words={`unit ${unit}`}
                  say={say}
                />
              </button>
            )}
            <figcaption>
              {kernels && unit < kernels.shown[3] && (
                <Picture
                  side={maps ? KERNEL : 2 * KERNEL}
                  of={kernelOf(unit)}
                  label={`Kernel of unit ${unit}`}
                  words={`kernel ${unit}, reading channel ${(kernels.first[unit] ?? 0) + channel}`}
                  say={say}
                />
              )}
              {unit}
            </figcaption>
          </figure>
        ))}
      </div>
    </>
  );
}

type Painted = { field: Field; scale: ReturnType<typeof scaleOf> };

/** Return what makes the picture of a unit. */
function usePictures(part: InsidePart | undefined, channel: number): (unit: number) => Painted {
  const theme = useView((state) => state.theme);
  return useMemo(() => {
    const values = part ? decoded(part) : new Float32Array();
    const scale = scaleOf(part?.kind ?? '', part?.low ?? 0, part?.high ?? 1, theme);
    const known = new Map<number, Painted>();
    return (unit) => {
      const found = known.get(unit);
      if (found || !part) return found as Painted;
      const made = { field: picture(part, values, unit, channel), scale };
      known.set(unit, made);
      return made;
    };
  }, [part, channel, theme]);
}

interface PictureProps {
  side: number;
  of: Painted;
  label: string;
  words: string;
  say: (text: string) => void;
}

function Picture({ side, of: { field, scale }, label, words, say }: PictureProps) {
  const longest = Math.max(field.width, field.height);
  return (
    <FieldCanvas
      field={field}
      scale={scale}
      width={Math.max(4, (side * field.width) / longest)}
      height={Math.max(4, (side * field.height) / longest)}
      label={label}
      onPoint={(at) =>
        say(at ? `${words} · row ${at.y}, column ${at.x} · ${valueText(at.value)}` : '')
      }
    />
  );
}
