import { describe, expect, it } from 'vitest';
import { cellText, copyCells, cutText, firstWidth, numberText } from './cells';

describe('cellText', () => {
  it('shortens numbers and groups their digits', () => {
    expect(numberText(1234567)).toBe('1,234,567');
    expect(numberText(0.123456789)).toBe('0.1234568');
    expect(numberText(-2.5)).toBe('−2.5');
    expect(numberText(0.0000012)).toBe('1.200e-6');
    expect(numberText(Number.NaN)).toBe('NaN');
  });

  it('leaves short whole numbers as they are', () => {
    expect(cellText(1984, 'integer')).toBe('1984');
    expect(cellText(60000, 'integer')).toBe('60,000');
  });

  it('says how much of a list is left out', () => {
    expect(cellText({ items: [1, 2], length: 1002 })).toBe('[1, 2, … 1,000 more]');
    expect(cellText({ items: [], length: 0 })).toBe('[]');
  });

  it('shows nothing for a missing value', () => {
    expect(cellText(null)).toBe('');
  });
});

describe('copyCells', () => {
  it('copies full numbers, and text with tabs in quotes', () => {
    const text = copyCells([[0.1234567891, 'say "a"\tb']], ['x', 'y']);
    expect(text).toBe('x\ty\n0.1234567891\t"say ""a""\tb"');
  });
});

describe('firstWidth', () => {
  it('has room for long names, up to a limit', () => {
    expect(firstWidth('x', 'integer')).toBe(96);
    expect(firstWidth('a'.repeat(20), 'integer')).toBe(180);
    expect(firstWidth('a'.repeat(200), 'text')).toBe(240);
  });
});

describe('cutText', () => {
  it('is what a cell has no room for, and lines below the first', () => {
    const long = 'Call me Ishmael. Some years ago';
    expect(cutText(long, 'text', 168)).toBe(long);
    expect(cutText(long, 'text', 400)).toBe('');
    expect(cutText('a\nb', 'text', 168)).toBe('a\nb');
    expect(cutText('我走过许多地方的路行过许多地方的桥', 'text', 168)).not.toBe('');
    expect(cutText('我走过许多地方的路', 'text', 168)).toBe('');
    expect(cutText(-1234.5678, 'number', 96)).toBe('');
    expect(cutText({ items: [1, 2], length: 1002 }, 'list', 96)).toBe('[1, 2, … 1,000 more]');
    expect(cutText({ image: 'data:', width: 9, height: 9, channels: 1 }, 'image', 8)).toBe('');
    expect(cutText(null, 'text', 8)).toBe('');
  });
});
