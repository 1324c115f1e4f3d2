import { PortMark } from '../../canvas/PortMark';
import { counted, operations } from '../../model/form/words';
import type { ColumnInfo, NodeInfo, NodeReport, PortReport } from '../../model/wire';
import { usePort } from '../../store/report';

interface OutputsProps {
  path: string;
  info: NodeInfo | undefined;
  report: NodeReport | undefined;
}

/** What comes out of a node, as far as it is known before it ran. */
export function Outputs({ path, info, report }: OutputsProps) {
  const ports = info?.outputs.map((port) => port.id) ?? Object.keys(report?.outputs ?? {});
  if (!ports.length) return null;
  return (
    <section aria-label="Output" className="fe-set-section">
      <h3>Output</h3>
      {ports.map((port) => (
        <Output
          key={port}
          only={ports.length === 1}
          path={path}
          port={port}
          unknown={report?.state === 'not configured' ? 'not known yet' : 'known after running'}
        />
      ))}
      {report && report.parameters !== null && (
        <dl className="fe-set-figures">
          <div>
            <dt>Parameters</dt>
            <dd>{counted(report.parameters)}</dd>
          </div>
          {report.flops !== null && (
            <div>
              <dt>Work for one row</dt>
              <dd>{operations(report.flops)}</dd>
            </div>
          )}
        </dl>
      )}
    </section>
  );
}

interface OutputProps {
  path: string;
  port: string;
  only: boolean;
  /** What is said where nothing is known. */
  unknown: string;
}

function Output({ path, port, only, unknown }: OutputProps) {
  const report = usePort(path, port);
  return (
    <div className="fe-set-output">
      <div className="fe-set-output-head">
        <PortMark type={report?.type ?? ''} />
        <span>{only ? (report?.type ?? port) : port.replaceAll('_', ' ')}</span>
        <span className="fe-set-output-text">{report?.text || unknown}</span>
      </div>
      {report && <Details report={report} />}
    </div>
  );
}

function Details({ report }: { report: PortReport }) {
  const shapes = Object.entries(report.shapes ?? {});
  return (
    <>
      {report.columns && <Columns columns={report.columns} />}
      {shapes.length > 1 && (
        <dl className="fe-set-figures">
          {shapes.map(([name, shape]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{shape}</dd>
            </div>
          ))}
        </dl>
      )}
      {report.parameters !== null && (
        <p className="fe-set-output-total">
          {counted(report.parameters)} parameters up to here
          {report.flops !== null && ` · ${operations(report.flops)} for one row`}
        </p>
      )}
    </>
  );
}

/** So many columns stand open; longer lists are folded. */
const FEW = 6;

function Columns({ columns }: { columns: ColumnInfo[] }) {
  const list = (
    <ul className="fe-set-columns">
      {columns.map((column) => (
        <li key={column.name}>
          <span>{column.name}</span>
          <span className="fe-set-badge">{column.type}</span>
        </li>
      ))}
    </ul>
  );
  if (columns.length <= FEW) return list;
  return (
    <details>
      <summary>{counted(columns.length)} columns</summary>
      {list}
    </details>
  );
}
