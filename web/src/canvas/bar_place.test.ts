import { describe, expect, it } from 'vitest';
import { barPlace } from './bar_place';

const bar = { width: 150, height: 30 };
const stage = { width: 800 };
const card = (x: number, y: number) => ({ x, y, width: 168, height: 48 });

describe('where the commands of a card are', () => {
  it('is above it, from its left side on', () => {
    expect(barPlace(card(100, 200), bar, stage)).toEqual({ x: 100, y: 164 });
  });

  it('is on the stage where the card sticks out at a side', () => {
    expect(barPlace(card(720, 200), bar, stage).x).toBe(646);
    expect(barPlace(card(-60, 200), bar, stage).x).toBe(4);
  });

  it('is below a card that has no room above', () => {
    expect(barPlace(card(100, 20), bar, stage).y).toBe(74);
  });
});
