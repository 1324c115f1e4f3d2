import { createPortal } from 'react-dom';
import { PortMark } from '../../canvas/PortMark';
import type { NodeInfo, PortInfo } from '../../model/wire';
import { PackIcon } from '../../parts/PackIcon';
import { packOf } from '../../store/catalogue';
import { Prose } from '../settings/Prose';
import './Card.css';

export interface CardOf {
  info: NodeInfo;
  anchor: DOMRect;
}

const HEIGHT = 360;

/** What a node type is, beside the palette. */
export function Card({ info, anchor }: CardOf) {
  const top = Math.max(8, Math.min(anchor.top - 8, window.innerHeight - HEIGHT));
  return createPortal(
    <aside className="fe-palette-card" role="tooltip" style={{ left: anchor.right + 10, top }}>
      <header>
        <PackIcon pack={packOf(info.type)} size={20} />
        <strong>{info.title}</strong>
        <code>{info.type}</code>
      </header>
      <Prose text={[info.summary, info.description].filter(Boolean).join('\n\n')} />
      <Ports ports={info.inputs} title="Takes" />
      <Ports ports={info.outputs} title="Gives" />
    </aside>,
    document.body,
  );
}

function Ports({ title, ports }: { title: string; ports: PortInfo[] }) {
  if (!ports.length) return null;
  return (
    <dl className="fe-palette-card-ports">
      <dt>{title}</dt>
      {ports.map((port) => (
        <dd key={port.id}>
          <PortMark type={port.type} />
          {port.id.replaceAll('_', ' ')}
          <span className="fe-palette-card-type">
            {port.type}
            {port.optional && ', optional'}
            {port.many && ', any number'}
          </span>
        </dd>
      ))}
    </dl>
  );
}
