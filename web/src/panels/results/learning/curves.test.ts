import { describe, expect, it } from 'vitest';
import {
  aligned,
  axisTexts,
  distinct,
  groups,
  lastValues,
  metricLabel,
  metricText,
  rememberedSteps,
  stepsPerEpoch,
} from './curves';

const MNIST = {
  accuracy: [
    [100, 0.5],
    [200, 0.7],
  ],
  loss: [
    [100, 2],
    [200, 1],
  ],
  val_loss: [[200, 1.1]],
  val_accuracy: [[200, 0.69]],
} as const;

describe('groups', () => {
  it('draws training and validation over each other, the loss first', () => {
    const found = groups(MNIST);
    expect(found.map((group) => group.name)).toEqual(['loss', 'accuracy']);
    expect(found[0]?.lines.map((line) => line.isValidation)).toEqual([false, true]);
  });

  it('draws the losses of two networks over each other', () => {
    const found = groups({
      generator_loss: [[1, 1]],
      discriminator_loss: [[1, 2]],
      real_score: [[1, 0.6]],
      fake_score: [[1, 0.4]],
    });
    expect(found.map((group) => [group.name, group.lines.length])).toEqual([
      ['loss', 2],
      ['score', 2],
    ]);
  });

  it('keeps the full name of a metric that is alone', () => {
    expect(groups({ binary_accuracy: [[1, 0.5]] })[0]?.name).toBe('binary_accuracy');
  });

  it('leaves out metrics without points', () => {
    expect(groups({ loss: [] })).toEqual([]);
  });
});

describe('words', () => {
  it('names metrics in words', () => {
    expect(metricLabel('val_binary_accuracy')).toBe('validation binary accuracy');
  });

  it('shows accuracies in percent and small numbers as powers', () => {
    expect(metricText('val_accuracy', 0.98765)).toBe('98.77 %');
    expect(metricText('loss', 0.0312345)).toBe('0.03123');
    expect(metricText('loss', 0.00001234)).toBe('1.23e-5');
    expect(metricText('loss', undefined)).toBe('–');
  });

  it('stand at the axes as short as they can be', () => {
    expect(axisTexts('accuracy', true).formatY(0.5)).toBe('50 %');
    expect(axisTexts('loss', true).formatX(1.256)).toBe('1.26');
    expect(axisTexts('loss', false).formatX(12000)).toBe('12,000');
  });
});

describe('stepsPerEpoch', () => {
  it('is the distance between validations', () => {
    expect(
      stepsPerEpoch(
        {
          val_loss: [
            [200, 1],
            [400, 1],
          ],
        },
        null,
      ),
    ).toBe(200);
  });

  it('comes from the words of the progress where nothing is validated', () => {
    const progress = { fraction: 0.25, message: 'epoch 2/8 · loss 0.5' };
    expect(stepsPerEpoch({ loss: [[500, 0.5]] }, progress)).toBe(250);
  });

  it('is unknown where nothing says it', () => {
    expect(stepsPerEpoch({ loss: [[500, 0.5]] }, { fraction: 0.5, message: 'working' })).toBeNull();
  });
});

it('rememberedSteps knows the length of epochs when the training is over', () => {
  const metrics = { loss: [[500, 0.5]] } as const;
  rememberedSteps('run 1 learner', metrics, { fraction: 0.25, message: 'epoch 2/8' });
  expect(rememberedSteps('run 1 learner', metrics, { fraction: 1, message: '' })).toBe(250);
  expect(rememberedSteps('run 2 learner', metrics, { fraction: 1, message: '' })).toBeNull();
});

describe('aligned', () => {
  it('puts curves of different steps on one axis', () => {
    const data = aligned([
      [
        [1, 10],
        [3, 30],
      ],
      [[2, 20]],
    ]);
    expect(data).toEqual([
      [1, 2, 3],
      [10, null, 30],
      [null, 20, null],
    ]);
  });
});

it('lastValues returns the latest value of each metric', () => {
  expect(lastValues(MNIST)).toEqual({ accuracy: 0.7, loss: 1, val_loss: 1.1, val_accuracy: 0.69 });
});

it('distinct draws kept results once', () => {
  expect(distinct([MNIST, { ...MNIST }, { loss: [[1, 5]] }])).toHaveLength(2);
});
