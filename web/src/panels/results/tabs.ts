import type { PortInfo, PortReport } from '../../model/wire';

/** The tab of an output; `node` and `port` say whose value it shows. */
export interface PortTab {
  id: string;
  label: string;
  kind: 'port';
  type: string;
  node: string;
  port: string;
  help: string;
}

/** A tab of the results panel. */
export type Tab = PortTab | { id: string; label: string; kind: 'learning' | 'inside' | 'log' };

/** An output of the selected node or component. */
export interface Output {
  port: PortInfo;
  node: string;
  source: string;
}

const FIRST = ['chart'];

/** Return the tabs of a node: its curves and charts first, then its other outputs, last its log. */
export function tabsOf(outputs: readonly Output[], hasMetrics: boolean): Tab[] {
  const tabs: Tab[] = outputs.map(({ port, node, source }) => ({
    id: `port:${port.id}`,
    label: portLabel(port, outputs),
    kind: 'port',
    type: port.type,
    node,
    port: source,
    help: port.help,
  }));
  const isFirst = (tab: Tab) => tab.kind === 'port' && FIRST.includes(tab.type);
  const learning: Tab[] = hasMetrics
    ? [{ id: 'learning', label: 'Learning', kind: 'learning' }]
    : [];
  const hasLayers = outputs.some(({ port }) => port.type === 'network');
  const inside: Tab[] = hasLayers ? [{ id: 'inside', label: 'Inside', kind: 'inside' }] : [];
  return [
    ...learning,
    ...tabs.filter(isFirst),
    ...tabs.filter((tab) => !isFirst(tab)),
    ...inside,
    { id: 'log', label: 'Log', kind: 'log' },
  ];
}

/** Return the tab that is shown: the one asked for last, or the first. */
export function shownTab(tabs: readonly Tab[], asked: string | null): Tab | undefined {
  return tabs.find((tab) => tab.id === asked) ?? tabs[0];
}

function portLabel(port: PortInfo, outputs: readonly Output[]): string {
  const words = (outputs.length === 1 && port.id === 'out' ? port.type : port.id).replaceAll(
    '_',
    ' ',
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Return a few words on how large the value at a port is. */
export function sizeText(report: PortReport | undefined): string {
  if (!report?.text) return '';
  const rows = /^([\d,]+) × ([\d,]+)$/.exec(report.text);
  if (report.type !== 'table' || !rows) return report.text;
  return `${count(rows[1], 'row')}, ${count(rows[2], 'column')}`;
}

function count(number: string | undefined, noun: string): string {
  return `${number} ${noun}${number === '1' ? '' : 's'}`;
}
