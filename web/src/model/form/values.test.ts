import { describe, expect, it } from 'vitest';
import { check } from './check';
import { moved } from './columns';
import { meant, shown } from './escapes';
import { below, isGap, own, placed, proposal } from './faults';
import { fromFolder, inWorkspace } from './paths';
import { paragraphs } from './prose';
import { repairs } from './repair';
import type { NumberShape, Shape } from './shape';
import { stepped } from './steps';
import { fromText, toText } from './typed';
import { same, variableOf } from './value';
import { usesIn, variableFor, variablesAt } from './variables';
import { bytes, duration, labelOf, operations, told } from './words';

const WHOLE: NumberShape = { kind: 'number', integer: true, minimum: 1 };
const PART: NumberShape = { kind: 'number', integer: false, minimum: 0, below: 1 };

describe('what is typed', () => {
  it('becomes a number where it reads as one', () => expect(fromText(WHOLE, ' 32 ')).toBe(32));
  it('takes exponents', () => expect(fromText(PART, '1e-3')).toBe(0.001));
  it('stays as typed where it does not', () => expect(fromText(WHOLE, '3x')).toBe('3x'));
  it('stays as typed where a number would lose digits, or all of them', () => {
    expect(fromText(WHOLE, '9007199254740993')).toBe('9007199254740993');
    expect(fromText(PART, '1e999')).toBe('1e999');
    expect(fromText({ kind: 'scalar' }, '9007199254740993')).toBe('9007199254740993');
    expect(fromText(WHOLE, '9007199254740991')).toBe(9007199254740991);
  });
  it('is no value when empty', () => expect(fromText(WHOLE, ' ')).toBeUndefined());
  it('becomes a list of numbers and gaps', () => {
    const shape: Shape = {
      kind: 'list',
      item: { kind: 'union', options: [WHOLE, { kind: 'nothing' }] },
    };
    expect(fromText(shape, '[28, none, 1]')).toEqual([28, null, 1]);
    expect(toText(shape, [28, null, 1])).toBe('28, none, 1');
    // as shapes are shown, and as Python writes them
    expect(fromText(shape, '28×28 x 1')).toEqual([28, 28, 1]);
    expect(fromText(shape, '?x3')).toEqual([null, 3]);
    expect(fromText(shape, '(784,)')).toEqual([784]);
    expect(fromText(shape, '0x10')).toEqual([0, 10]);
    expect(fromText(shape, 'max')).toEqual(['max']);
  });
  it('tells a text of digits from a number by quotes', () => {
    const shape: Shape = { kind: 'scalar' };
    expect(fromText(shape, '"5"')).toBe('5');
    expect(toText(shape, '5')).toBe('"5"');
    expect(fromText(shape, toText(shape, 5))).toBe(5);
  });
  it('shows a line break that stands alone', () => {
    expect(shown('\n')).toBe('\\n');
    expect(meant('\\n')).toBe('\n');
    expect(meant('\\d+')).toBe('\\d+');
  });
});

describe('checking', () => {
  it('names bound and value', () =>
    expect(check(WHOLE, 0)).toBe('Expected a whole number of at least 1, not 0.'));
  it('refuses what is no number', () =>
    expect(check(PART, 'much')).toBe('Expected a number, not “much”.'));
  it('tells of a pattern, but of one that only the server reads', () => {
    expect(check({ kind: 'text', pattern: '^[a-z]+$' }, 'A1')).toContain('does not match');
    expect(check({ kind: 'text', pattern: '^(?P<name>[a-z]+)\\Z' }, 'A1')).toBe('');
  });
  it('refuses the excluded bound', () => expect(check(PART, 1)).toContain('less than 1'));
  it('tells a number that cannot be kept as it is', () =>
    expect(check(PART, '1e999')).toBe('“1e999” has more digits than a number here can keep.'));
  it('shows what it found where no control can', () => {
    const columns: Shape = { kind: 'column', port: 'table', holds: 'number', many: true };
    expect(check(columns, 'age')).toBe('Expected names of columns, not “age”.');
    expect(check({ kind: 'list', item: WHOLE }, 5)).toBe('Expected a list, not 5.');
    expect(check({ kind: 'tuple', items: [WHOLE, WHOLE] }, [3])).toBe(
      'Expected 2 values, not [3].',
    );
  });
  it('names the parts that are missing', () => {
    const pair: Shape = { kind: 'tuple', items: [WHOLE, WHOLE] };
    expect(check(pair, [3, null])).toBe('Needs 2 values; the second is missing.');
    const three: Shape = { kind: 'tuple', items: [WHOLE, WHOLE, WHOLE] };
    expect(check(three, [null, 3, null])).toBe('Needs 3 values; the first and third are missing.');
    const gap: Shape = { kind: 'union', options: [WHOLE, { kind: 'nothing' }] };
    expect(check({ kind: 'tuple', items: [WHOLE, gap] }, [3, null])).toBe('');
    expect(check({ kind: 'map', item: PART }, { cat: 0.5, dog: null })).toBe(
      'The value of “dog” is missing.',
    );
  });
  it('takes variables for anything', () => expect(check(WHOLE, { $variable: 'n' })).toBe(''));
  it('explains a union by the alternative that was meant', () => {
    const pair: Shape = {
      kind: 'union',
      options: [WHOLE, { kind: 'tuple', items: [WHOLE, WHOLE] }],
    };
    expect(check(pair, [3, 0])).toContain('at least 1');
    expect(check(pair, 'x')).toContain('whole number');
    expect(check(pair, [3, 3])).toBe('');
  });
});

describe('stepping', () => {
  it('goes by one in whole numbers', () => expect(stepped(WHOLE, 3, 1)).toBe(4));
  it('stops at the bounds', () => {
    expect(stepped(WHOLE, 1, -1)).toBe(1);
    expect(stepped(PART, 0.95, 1)).toBe(0.95);
  });
  it('goes by a tenth of small numbers', () => {
    const any: NumberShape = { kind: 'number', integer: false };
    expect(stepped(any, 0.001, 1)).toBe(0.0011);
    expect(stepped(any, 0.3, 1)).toBe(0.31);
  });
});

describe('faults', () => {
  const fault = {
    pointer: '/nodes/a/settings/optimizer/learning_rate',
    message: 'too much',
    severity: 'error' as const,
    node: 'a',
    setting: 'optimizer',
  };
  it('stand at the part they are about', () => {
    const found = below(placed([fault], '/nodes/a'), 'optimizer');
    expect(found).toEqual([{ place: ['learning_rate'], message: 'too much', severity: 'error' }]);
    expect(own(found, new Set(['learning_rate']))).toEqual([]);
    expect(own(found, new Set())).toHaveLength(1);
  });
  it('may be about a part that nobody has filled in', () => {
    expect(isGap([3, null], ['1'])).toBe(true);
    expect(isGap({ cat: [1, null] }, ['cat', '1'])).toBe(true);
    expect(isGap([3, 'x'], ['1'])).toBe(false);
    expect(isGap(null, [])).toBe(false);
  });
  it('propose what was meant', () => {
    const message = 'no column "incom" in the table at "table". Did you mean "income"? It has';
    expect(proposal(message)).toBe('income');
    expect(repairs('incom', [], message)?.value).toBe('income');
    expect(repairs(['age', 'incom'], [], message)?.value).toEqual(['age', 'income']);
    expect(repairs('$"incom"$ > 3', [], message)?.value).toBe('$"income"$ > 3');
    expect(repairs('other', [], 'Expected text.')).toBeUndefined();
  });
  it('mend a part of a choice', () => {
    const message = 'there is no optimizer "adm". Did you mean "adam"? Known are "adam"';
    expect(repairs({ type: 'adm', learning_rate: 1 }, [], message)?.value).toEqual({
      type: 'adam',
      learning_rate: 1,
    });
  });
});

describe('values', () => {
  it('are the same however their keys are ordered', () =>
    expect(same({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true));
  it('may name a variable', () => {
    expect(variableOf({ $variable: 'epochs' })).toBe('epochs');
    expect(variableOf({ $variable: 'epochs', type: 'x' })).toBeUndefined();
  });
});

describe('variables', () => {
  const document = {
    flowengine: 1,
    variables: { epochs: 3 },
    nodes: {
      block: {
        type: 'flow.component',
        variables: { units: 8 },
        nodes: { dense: { type: 'layer.dense', settings: { units: { $variable: 'units' } } } },
      },
      learner: {
        type: 'network.learner',
        settings: { epochs: { $variable: 'epochs' }, optimizer: { lr: { $variable: 'epochs' } } },
      },
    },
  };
  it('of the workflow are seen inside components', () =>
    expect(variablesAt(document, 'block/dense')).toEqual({ epochs: 3, units: 8 }));
  it('of a component are not seen outside', () =>
    expect(variablesAt(document, 'learner')).toEqual({ epochs: 3 }));
  it('are taken by a setting of their name, or of their value, and by no other', () => {
    const variables = { epochs: 3, size: 8 };
    expect(variableFor('epochs', 5, variables)).toBe('epochs');
    expect(variableFor('units', 8, variables)).toBe('size');
    expect(variableFor('units', 16, variables)).toBeUndefined();
  });
  it('are counted where they are taken', () => {
    expect(usesIn(document).get('epochs')).toBe(2);
    expect(usesIn(document.nodes.block).get('units')).toBe(1);
  });
});

describe('paths', () => {
  it('begin at the folder of the workflow', () => {
    expect(fromFolder('workflows', 'workflows/data/iris.csv')).toBe('data/iris.csv');
    expect(fromFolder('workflows', 'data/iris.csv')).toBe('../data/iris.csv');
    expect(fromFolder('', 'iris.csv')).toBe('iris.csv');
  });
  it('are found again in the workspace, and not out of it', () => {
    expect(inWorkspace('workflows', '../data/iris.csv')).toBe('data/iris.csv');
    expect(inWorkspace('workflows', '../../x')).toBeUndefined();
    expect(inWorkspace('', 'data://mnist')).toBeUndefined();
  });
});

describe('words', () => {
  it('make labels of names', () => expect(labelOf('kernel_size')).toBe('Kernel size'));
  it('tell values briefly', () => {
    expect(told({ type: 'adam', learning_rate: 0.01 })).toBe('adam · learning_rate 0.01');
    expect(told([3, 3])).toBe('3, 3');
    expect(told(null)).toBe('none');
  });
  it('tell sizes', () => {
    expect(bytes(11_600_000)).toBe('11.6 MB');
    expect(operations(4_812_000)).toBe('4.81 MFLOP');
    expect(duration(130)).toBe('2 min 10 s');
  });
  it('split help into paragraphs, code and emphasis', () => {
    expect(paragraphs('Use ``a * b`` *now*.\n\nThen\nrest.')).toEqual([
      [
        { kind: 'plain', text: 'Use ' },
        { kind: 'code', text: 'a * b' },
        { kind: 'plain', text: ' ' },
        { kind: 'emphasis', text: 'now' },
        { kind: 'plain', text: '.' },
      ],
      [{ kind: 'plain', text: 'Then rest.' }],
    ]);
  });
  it('move names as far as there are places', () => {
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b']);
  });
});
