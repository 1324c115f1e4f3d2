import { type ReactNode, useMemo } from 'react';
import { setVariable } from '../../model/commands';
import { folderOf } from '../../model/form/paths';
import { variablesAt } from '../../model/form/variables';
import { useDocument } from '../../store/document';
import { portReport, useReport } from '../../store/report';
import { FormContext, type FormScope } from './widgets/props';

interface FormScopeOfProps {
  /** Path of the node whose settings are inside. */
  path: string;
  type: string;
  children: ReactNode;
}

/** Tells the widgets inside what is around the node: columns, variables, the folder. */
export function FormScopeOf({ path, type, children }: FormScopeOfProps) {
  const report = useReport((state) => state.report);
  const file = useDocument((state) => state.path);
  const document = useDocument((state) => state.document);
  const scope = useMemo<FormScope>(
    () => ({
      type,
      folder: folderOf(file ?? ''),
      columnsOf: (port) => {
        const [source] = report?.nodes[path]?.inputs[port] ?? [];
        return (source && portReport(report, source.node, source.port)?.columns) ?? undefined;
      },
      variables: document ? variablesAt(document, path) : {},
      addVariable: (name, value) =>
        void useDocument.getState().apply(setVariable(name, value ?? null)),
    }),
    [type, file, report, document, path],
  );
  return <FormContext value={scope}>{children}</FormContext>;
}
