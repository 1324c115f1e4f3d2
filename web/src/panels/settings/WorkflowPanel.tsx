import { setDescription, setName, setSeed } from '../../model/commands';
import { bodyAt, isInline, nameOf, nodeAt } from '../../model/document';
import { checkField } from '../../model/form/check';
import type { Field } from '../../model/form/shape';
import { fromText } from '../../model/form/typed';
import { counted, operations } from '../../model/form/words';
import { useDocument } from '../../store/document';
import { useReport } from '../../store/report';
import { ComponentPanel } from './ComponentPanel';
import { ProblemList } from './ProblemList';
import { TextRow } from './TextRow';
import { Variables } from './Variables';
import './Form.css';

const SEED: Field = {
  name: 'seed',
  label: 'Seed',
  help: '',
  required: false,
  nullable: false,
  fallback: 0,
  shape: { kind: 'number', integer: true },
};

/** The workflow itself, or the component that is open: shown while nothing is selected. */
export function WorkflowPanel({ component }: { component: string }) {
  const document = useDocument((state) => state.document);
  const apply = useDocument((state) => state.apply);
  const total = useReport((state) => state.report?.total);
  if (!document) return null;
  if (component && isInline(nodeAt(document, component)))
    return <ComponentPanel path={component} />;
  const count = Object.keys(bodyAt(document, '')?.nodes ?? {}).length;
  return (
    <>
      <header className="fe-set-head">
        <div className="fe-set-head-names">
          <h2>Workflow</h2>
          <p className="fe-set-head-note">
            {component
              ? `${nameOf(component)} is held in a file`
              : `${counted(count)} ${count === 1 ? 'node' : 'nodes'}`}
          </p>
        </div>
      </header>
      <div className="fe-settings-body">
        <form className="fe-set-form" onSubmit={(event) => event.preventDefault()}>
          <TextRow
            id="fe-workflow-name"
            label="Name"
            onChange={(text) => apply(setName(text))}
            value={document.name ?? ''}
          />
          <TextRow
            id="fe-workflow-description"
            isLong
            label="Description"
            onChange={(text) => apply(setDescription(text))}
            value={document.description ?? ''}
          />
          <TextRow
            help="Random numbers follow from it and each node’s name, so that runs can be repeated."
            id="fe-workflow-seed"
            label="Seed"
            check={(text) => checkField(SEED, fromText(SEED.shape, text))}
            onChange={(text) => apply(setSeed(Number(fromText(SEED.shape, text) ?? 0)))}
            value={String(document.seed ?? 0)}
          />
        </form>
        <Variables component="" />
        {total && (
          <section className="fe-set-section">
            <h3>Network</h3>
            <dl className="fe-set-figures">
              <div>
                <dt>Layers</dt>
                <dd>{counted(total.layers)}</dd>
              </div>
              <div>
                <dt>Parameters</dt>
                <dd>{counted(total.parameters)}</dd>
              </div>
              <div>
                <dt>Work for one row</dt>
                <dd>{operations(total.flops)}</dd>
              </div>
            </dl>
          </section>
        )}
        <ProblemList />
      </div>
    </>
  );
}
