import { parentOf } from '../../model/document';
import { sentence } from '../../model/form/words';
import type { Fault } from '../../model/wire';
import { Icon } from '../../parts/Icon';
import { useReport } from '../../store/report';
import { useView } from '../../store/view';
import { Words } from './Prose';
import './Problems.css';

/** All problems of the workflow; each leads to its node. */
export function ProblemList() {
  const faults = useReport((state) => state.report?.faults);
  if (!faults?.length) return null;
  const sorted = [...faults].sort(
    (one, other) => Number(one.severity === 'warning') - Number(other.severity === 'warning'),
  );
  return (
    <section aria-label="Problems" className="fe-set-section">
      <h3>
        Problems <span className="fe-set-badge">{faults.length}</span>
      </h3>
      <ul className="fe-set-problem-list">
        {sorted.map((fault) => (
          <li key={fault.pointer + fault.message}>
            <Line fault={fault} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ fault }: { fault: Fault }) {
  const words = (
    <>
      <Icon name={fault.severity} size={15} />
      <span>
        {fault.node && <strong>{fault.node} </strong>}
        <Words text={fault.node ? fault.message : sentence(fault.message)} />
      </span>
    </>
  );
  if (!fault.node)
    return (
      <div className="fe-set-problem-line" data-severity={fault.severity}>
        {words}
      </div>
    );
  return (
    <button
      className="fe-set-problem-line"
      data-severity={fault.severity}
      onClick={() => jumpTo(fault.node)}
      type="button"
    >
      {words}
    </button>
  );
}

function jumpTo(path: string): void {
  const view = useView.getState();
  if (view.component !== parentOf(path)) view.openComponent(parentOf(path));
  useView.getState().select([path]);
}
