import { isInline, nodeAt } from '../../model/document';
import { useDocument } from '../../store/document';
import { useView } from '../../store/view';
import { ComponentPanel } from './ComponentPanel';
import { NodePanel } from './NodePanel';
import { SeveralPanel } from './SeveralPanel';
import './Settings.css';
import { WorkflowPanel } from './WorkflowPanel';

/** The settings of what is selected; of the workflow where nothing is. */
export function Settings() {
  const document = useDocument((state) => state.document);
  const selection = useView((state) => state.selection);
  const component = useView((state) => state.component);
  if (!document) return <section aria-label="Settings" className="fe-settings" />;
  const paths = selection.filter((path) => nodeAt(document, path));
  const [path] = paths;
  return (
    <section aria-label="Settings" className="fe-settings">
      {path === undefined ? (
        <WorkflowPanel component={component} />
      ) : paths.length > 1 ? (
        <SeveralPanel paths={paths} />
      ) : isInline(nodeAt(document, path)) ? (
        <ComponentPanel key={path} path={path} />
      ) : (
        <NodePanel key={path} path={path} />
      )}
    </section>
  );
}
