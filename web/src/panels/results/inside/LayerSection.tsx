import type { Inside, InsideLayer, InsidePart } from '../../../model/wire';
import { Strips } from './Strips';
import { Tiles } from './Tiles';
import { Units } from './Units';
import { formOf } from './values';
import { Weights } from './Weights';

interface Props {
  name: string;
  layer: InsideLayer | undefined;
  parts: readonly InsidePart[];
  inside: Inside;
  width: number;
  say: (text: string) => void;
}

/** What one layer does with the row, and its weights. */
export function LayerSection({ name, layer, parts, inside, width, say }: Props) {
  const of = (form: ReturnType<typeof formOf>) => parts.filter((part) => formOf(part) === form);
  const strips = of('strip');
  const pictures = [...of('kernels'), ...of('maps')];
  return (
    <section className="fe-inside-layer" aria-label={name}>
      <h3>
        {name}
        <small>{layer && `${layer.title} · ${layer.shape}`}</small>
      </h3>
      {pictures.length > 0 && <Tiles kernels={of('kernels')[0]} maps={of('maps')[0]} say={say} />}
      {strips.length > 0 && <Strips parts={strips} steps={inside.steps} width={width} say={say} />}
      {of('units').map((part) => (
        <Units
          key={part.kind}
          part={part}
          classes={inside.classes[name] ?? []}
          width={width}
          say={say}
        />
      ))}
      <Weights weights={inside.weights.filter((weight) => weight.layer === name)} />
    </section>
  );
}
