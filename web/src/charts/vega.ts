/** Vega, as this editor uses it: no code from text, no requests. */

import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import type { Row } from './specification';

const HIDDEN = new Set(['Symbol(vega_id)']);

/** Refuses to fetch anything: charts draw the rows they are given. */
function closedLoader(): vega.Loader {
  const refuse = () => Promise.reject(new Error('charts draw the rows of their node, no others'));
  return { ...vega.loader(), load: refuse, sanitize: refuse, http: refuse, file: refuse };
}

/** Make the view of a Vega-Lite specification in an element. */
export function makeView(
  specification: Record<string, unknown>,
  config: Record<string, unknown>,
  container: HTMLElement,
  tooltip: vega.TooltipHandler,
): vega.View {
  const { spec } = compile(specification as unknown as TopLevelSpec, {
    config: config as Config,
    logger: quiet(),
  });
  const runtime = vega.parse(spec, undefined, { ast: true });
  return new vega.View(runtime, {
    container,
    renderer: 'canvas',
    hover: true,
    loader: closedLoader(),
    expr: expressionInterpreter,
    logger: quiet(),
    tooltip,
  });
}

/** Advice on a specification is for its author, not for the console of whoever looks at it. */
function quiet(): ReturnType<typeof vega.logger> {
  return vega.logger(vega.Error);
}

/** Return the row behind a mark; undefined for axes and the like. */
export function datumOf(item: vega.Item | null | undefined): Row | undefined {
  const mark = item?.mark as { role?: string } | undefined;
  return mark?.role === 'mark' ? (item?.datum as Row | undefined) : undefined;
}

/** Return what a tooltip says, as names and values. */
export function tooltipLines(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [['', String(value)]];
  return Object.entries(value)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, one]) => [name, String(one)]);
}
