import { nodeAt, settingsOf } from '../../model/document';
import { placed } from '../../model/form/faults';
import { allFields, formOf } from '../../model/form/form';
import { useInfo } from '../../store/catalogue';
import { useDocument } from '../../store/document';
import { useFaults, useNode } from '../../store/report';
import { About } from './About';
import { FormScopeOf } from './FormScopeOf';
import { Head } from './Head';
import { NodeForm } from './NodeForm';
import { Outputs } from './Outputs';
import { Errors, Warnings } from './Problems';

/** The dialog of one node. */
export function NodePanel({ path }: { path: string }) {
  const entry = useDocument((state) => nodeAt(state.document, path));
  const info = useInfo(entry?.type ?? '');
  const report = useNode(path);
  const faults = useFaults(path);
  if (!entry) return null;
  const names = new Set(info ? allFields(formOf(info)).map((field) => field.name) : []);
  const settings = placed(faults, report?.pointer ?? '');
  // a wrong time limit is told at its field
  const others = faults.filter(
    ({ setting, pointer }) => !names.has(setting) && !pointer.endsWith('/timeout'),
  );
  const problems = { path, entry, report, faults: others };
  return (
    <>
      <Head path={path} title={info?.title ?? entry.type} type={entry.type} />
      <Errors {...problems} />
      <div className="fe-settings-body">
        <Warnings {...problems} />
        {info ? (
          <>
            <About info={info} />
            <FormScopeOf path={path} type={entry.type}>
              <NodeForm faults={settings} info={info} path={path} values={settingsOf(entry)} />
            </FormScopeOf>
          </>
        ) : (
          <p className="fe-set-note">
            No pack that is installed has the type <code>{entry.type}</code>. The node stays as it
            is and comes to life when its pack is there.
          </p>
        )}
        <Outputs info={info} path={path} report={report} />
      </div>
    </>
  );
}
