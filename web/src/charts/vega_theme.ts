import type { Theme } from '../store/view';
import { colours, variable } from './palette';

/** Colours of scales from low to high; in the dark, low values are dark. */
const HEAT: Record<Theme, readonly string[]> = {
  light: ['#f1f2fb', '#c3c9f5', '#8d98ec', '#5d6be0', '#3240c4', '#1d2780'],
  dark: ['#20242f', '#2f3768', '#4652a8', '#6875e0', '#95a0f5', '#d5daff'],
};

/** Colours on both sides of zero. */
const DIVERGING: Record<Theme, readonly string[]> = {
  light: ['#b3413a', '#e39a86', '#f3f3f6', '#8fa4e8', '#3848c9'],
  dark: ['#f08a7c', '#9a4a44', '#23262f', '#4653a8', '#97a3ff'],
};

/** Return Vega-Lite's configuration that makes charts look like the rest of the editor. */
export function vegaConfig(theme: Theme): Record<string, unknown> {
  const [text, soft, line, font] = ['--fe-text', '--fe-text-soft', '--fe-line', '--fe-font'].map(
    variable,
  );
  const accent = colours(theme)[0];
  const words = { labelFont: font, titleFont: font, labelColor: soft, titleColor: soft };
  const sizes = { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 500 };
  return {
    background: 'transparent',
    font,
    view: { stroke: null },
    axis: {
      ...words,
      ...sizes,
      gridColor: line,
      domainColor: line,
      tickColor: line,
      titlePadding: 8,
    },
    legend: { ...words, ...sizes, gradientStrokeColor: line, symbolStrokeColor: soft },
    header: {
      ...words,
      labelColor: text,
      labelFontSize: 12,
      labelFontWeight: 550,
      titleFontSize: 12,
    },
    title: {
      color: text,
      font,
      fontSize: 13,
      fontWeight: 600,
      anchor: 'start',
      subtitleColor: soft,
    },
    mark: { color: accent },
    text: { color: text, font },
    rule: { color: soft },
    range: {
      category: [...colours(theme)],
      heatmap: [...HEAT[theme]],
      ramp: [...HEAT[theme]],
      diverging: [...DIVERGING[theme]],
    },
  };
}
