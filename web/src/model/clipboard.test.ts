import { describe, expect, it } from 'vitest';
import { clipOf, parsedClip, pasteCommand } from './clipboard';
import type { Document } from './document';
import { wire, workflow } from './testing';

const places = new Map<string, [number, number]>([
  ['input', [0, 0]],
  ['dense', [200, 0]],
]);

const clip = () => clipOf(workflow(), '', places, ['input', 'dense'], []);

describe('the clipboard', () => {
  it('holds the nodes and the connections among them', () => {
    expect(Object.keys(clip().nodes)).toEqual(['input', 'dense']);
    expect(clip().connections).toEqual([wire('input.out', 'dense.network')]);
  });

  it('comes back from text', () => {
    expect(parsedClip(JSON.stringify(clip()))).toEqual(clip());
  });

  it('takes a whole workflow as well', () => {
    expect(Object.keys(parsedClip(JSON.stringify(workflow()))?.nodes ?? {})).toHaveLength(5);
  });

  it('leaves other text alone', () => {
    for (const text of ['hello', '[1]', 'null', '{"nodes": {}}'])
      expect(parsedClip(text)).toBeUndefined();
  });

  it('leaves out what is no part of a workflow', () => {
    const text = JSON.stringify({
      ...clip(),
      connections: [5, null, { from: 'input.out' }, wire('input.out', 'dense.network')],
      layout: { input: 'here', dense: [200, 0] },
      annotations: [{ id: 'note_1' }, 'note'],
    });
    const found = parsedClip(text);
    expect(found?.connections).toEqual([wire('input.out', 'dense.network')]);
    expect(found?.layout).toEqual({ dense: [200, 0] });
    expect(found?.annotations).toEqual([]);
  });

  it('pastes under new names beside what is there', () => {
    const document = workflow();
    const { command, names } = pasteCommand(clip(), '', document, { shift: 32 });
    const after = command.apply(document);
    expect(names).toEqual(['input_2', 'dense_2']);
    expect(after.nodes?.dense_2?.settings).toEqual({ units: 3 });
    expect(after.connections?.at(-1)).toEqual(wire('input_2.out', 'dense_2.network'));
    expect(after.layout?.dense_2).toEqual([232, 32]);
  });

  it('brings the variables along that its nodes take, where there are none of these names', () => {
    const document = workflow();
    const dense = { type: 'layer.dense', settings: { units: { $variable: 'units' } } };
    const body = { ...document, nodes: { ...document.nodes, dense } };
    const copied = clipOf(body, '', places, ['dense'], [], { units: 8, epochs: 3 });
    expect(copied.variables).toEqual({ units: 8 });
    expect(parsedClip(JSON.stringify(copied))).toEqual(copied);
    const empty: Document = { flowengine: 1, nodes: {} };
    const pasted = pasteCommand(copied, '', empty, { shift: 32, seen: {} }).command.apply(empty);
    expect(pasted.variables).toEqual({ units: 8 });
    const seen = pasteCommand(copied, '', empty, { shift: 32, seen: { units: 5 } });
    expect(seen.command.apply(empty).variables).toBeUndefined();
  });

  it('never lies right on what was pasted before', () => {
    let document: Document = { flowengine: 1, nodes: {} };
    for (let turn = 0; turn < 3; turn++) {
      const { command } = pasteCommand(clip(), '', document, { at: [500, 100], shift: 32 });
      document = command.apply(document);
    }
    expect(Object.values(document.layout ?? {}).map(([x]) => x)).toEqual([
      400, 600, 432, 632, 464, 664,
    ]);
  });

  it('pastes into another workflow, its middle where it is wanted', () => {
    const empty: Document = { flowengine: 1, nodes: {} };
    const after = pasteCommand(clip(), '', empty, { at: [500, 100], shift: 32 }).command.apply(
      empty,
    );
    expect(after.layout).toEqual({ input: [400, 100], dense: [600, 100] });
  });

  it('gives notes new ids', () => {
    const note = {
      id: 'note_1',
      text: 'hi',
      place: [0, 0, 100, 50] as [number, number, number, number],
    };
    const document = { ...workflow(), annotations: [note] };
    const copied = clipOf(document, '', places, [], ['note_1']);
    const after = pasteCommand(copied, '', document, { shift: 32 }).command.apply(document);
    expect(after.annotations?.map(({ id }) => id)).toEqual(['note_1', 'note_2']);
  });
});
