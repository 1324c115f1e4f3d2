import { describe, expect, it } from 'vitest';
import { calledAs, sizeIn, wordsOf } from './titles';

describe('titles of cards', () => {
  it('break between words, also those written together', () => {
    expect(wordsOf('Network Learner')).toEqual([['Network'], ['Learner']]);
    expect(wordsOf('BatchNormalization')).toEqual([['Batch', 'Normalization']]);
    expect(wordsOf('Conv2DTranspose')).toEqual([['Conv2D', 'Transpose']]);
    expect(wordsOf('MaxPooling2D LSTM')).toEqual([['Max', 'Pooling2D'], ['LSTM']]);
  });

  it('are told with the name and the state of the node', () => {
    expect(calledAs('Conv2D', 'conv_1', 'done')).toBe('Conv2D conv_1, done');
    expect(calledAs('block', 'block', 'not configured')).toBe('block, not configured');
  });

  it('are as large as their box allows', () => {
    expect(sizeIn('Input', 160, 56, 30, 12)).toBe(30);
    const long = sizeIn('Network Learner', 160, 56, 30, 12);
    expect(long).toBeGreaterThan(20);
    expect(long).toBeLessThan(30);
    expect(sizeIn('An extraordinarily long title nobody expected', 60, 56, 30, 12)).toBe(12);
  });
});
