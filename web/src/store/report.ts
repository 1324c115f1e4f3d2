/** What the server knows of the workflow before and after it ran. */

import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { ComponentReport, Fault, NodeReport, PortReport, Report } from '../model/wire';

interface ReportState {
  report: Report | null;
  /** Faults by node path, found once for each report. */
  faults: Map<string, Fault[]>;
  setReport(report: Report | null): void;
}

export const useReport = create<ReportState>((set) => ({
  report: null,
  faults: new Map(),
  setReport: (report) => set({ report, faults: byNode(report) }),
}));

function byNode(report: Report | null): Map<string, Fault[]> {
  const result = new Map<string, Fault[]>();
  for (const fault of report?.faults ?? []) {
    const known = result.get(fault.node);
    if (known) known.push(fault);
    else result.set(fault.node, [fault]);
  }
  return result;
}

const NONE: Fault[] = [];

export const useNode = (path: string): NodeReport | undefined =>
  useReport((state) => state.report?.nodes[path]);

export const useComponent = (path: string): ComponentReport | undefined =>
  useReport((state) => state.report?.components[path]);

export const usePort = (path: string, port: string): PortReport | undefined =>
  useReport((state) => portReport(state.report, path, port));

/** Faults of a node; of a component, also those of the nodes in it. */
export const useFaults = (path: string, isComponent = false): Fault[] =>
  useReport(
    useShallow((state) =>
      isComponent
        ? [...state.faults].flatMap(([node, faults]) =>
            node === path || node.startsWith(`${path}/`) ? faults : NONE,
          )
        : (state.faults.get(path) ?? NONE),
    ),
  );

/** What is known of an output; a component's comes from the node inside that makes it. */
export function portReport(
  report: Report | null,
  path: string,
  port: string,
): PortReport | undefined {
  const source = report?.components[path]?.sources[port];
  return source
    ? report?.nodes[source.node]?.outputs[source.port]
    : report?.nodes[path]?.outputs[port];
}
