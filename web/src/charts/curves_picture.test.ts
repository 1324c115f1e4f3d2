import { describe, expect, it } from 'vitest';
import { type CurveChart, curvesPicture, decades, ticks } from './curves_picture';

const LOOK = { background: '#fff', text: '#000', soft: '#555', line: '#ddd' };

const chart: CurveChart = {
  title: 'loss & more',
  data: [
    [0, 1, 2],
    [3, 2, 1],
    [null, null, 2],
  ],
  strokes: [
    { colour: '#00f', width: 2 },
    { colour: '#f00', width: 1, dots: true },
  ],
  legend: [{ label: 'training', value: '1', colour: '#00f' }],
  isLog: false,
  formatX: String,
  formatY: (value) => value.toFixed(1),
};

describe('curves as a picture', () => {
  it('has round numbers on its axes', () => {
    expect(ticks([0, 10], 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks([0.13, 0.31], 4)).toEqual([0.15, 0.2, 0.25, 0.3]);
    expect(decades([0.02, 3])).toEqual([0.01, 0.1, 1, 10]);
  });

  it('draws each curve, dots where it was measured, and the words', () => {
    const { text, width, height } = curvesPicture([chart, chart], LOOK);
    expect([width, height]).toEqual([640, 520]);
    expect(text.match(/<polyline/g)).toHaveLength(4);
    expect(text.match(/<circle/g)).toHaveLength(2);
    expect(text).toContain('loss &amp; more');
    expect(text).toContain('training 1');
    expect(text).toContain('>3.0</text>');
    // from the upper left to the lower right
    expect(text).toContain('points="60,40 340,135 620,230"');
  });

  it('draws what is logarithmic, and what is not there yet', () => {
    const { text } = curvesPicture(
      [
        {
          ...chart,
          isLog: true,
          data: [
            [1, 2],
            [10, 1],
          ],
        },
      ],
      LOOK,
    );
    expect(text).toContain('points="60,40 620,230"');
    expect(curvesPicture([{ ...chart, data: [[], []] }], LOOK).text).not.toContain('NaN');
    expect(curvesPicture([{ ...chart, data: [[4], [7]] }], LOOK).text).not.toContain('NaN');
  });
});
