import { expect, it } from 'vitest';
import { DIVERGING, HEAT, inTheme } from './in_theme';

const CHART = {
  encoding: {
    color: { field: 'share', scale: { type: 'sqrt', scheme: 'blues' } },
    text: { condition: { test: 'datum.share > 0.3', value: 'white' }, value: '#333' },
  },
  datasets: { table: [{ value: 'black' }] },
};

it('leaves a chart as its node made it where it is light', () => {
  expect(inTheme(CHART, 'light', '#eee')).toBe(CHART);
});

it('begins scales dark and makes words light in the dark', () => {
  const dark = inTheme(CHART, 'dark', '#eee');
  expect(dark.encoding.color.scale).toEqual({ type: 'sqrt', range: HEAT.dark });
  expect(dark.encoding.text).toEqual({
    condition: { test: 'datum.share > 0.3', value: 'white' },
    value: '#eee',
  });
});

it('leaves rows and grey pictures alone', () => {
  const dark = inTheme(CHART, 'dark', '#eee');
  expect(dark.datasets).toEqual(CHART.datasets);
  const picture = { scale: { scheme: 'greys', reverse: true } };
  expect(inTheme(picture, 'dark', '#eee')).toEqual(picture);
});

it('keeps the middle of a scale in the middle', () => {
  const dark = inTheme({ scale: { scheme: 'redblue', domainMid: 0 } }, 'dark', '#eee');
  expect(dark.scale).toEqual({ domainMid: 0, range: DIVERGING.dark });
});

it('keeps fields readable whose colours go through white', () => {
  const dark = inTheme({ scale: { range: ['#a00', '#ffffff', '#00a'] } }, 'dark', '#eee');
  expect(dark.scale.range[2]).toBe('#1e222d');
});
