import type { Theme } from '../store/view';
import { DIVERGING, HEAT } from './in_theme';
import { colours, variable } from './palette';

/** Return Vega-Lite's configuration that makes charts look like the rest of the editor. */
export function vegaConfig(theme: Theme): Record<string, unknown> {
  const [text, soft, line, font, surface] = [
    '--fe-text',
    '--fe-text-soft',
    '--fe-line',
    '--fe-font',
    '--fe-surface',
  ].map(variable);
  const accent = colours(theme)[0];
  const words = { labelFont: font, titleFont: font, labelColor: soft, titleColor: soft };
  const sizes = { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 500 };
  return {
    // what is taken away as a picture is read on paper too
    background: surface,
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
