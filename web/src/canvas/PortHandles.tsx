import { Handle, Position, useStoreApi } from '@xyflow/react';
import { heightOf, portOffset, WIDTH } from '../model/geometry';
import type { Port, Ports } from '../model/graph';
import { useView } from '../store/view';
import { HANDLE } from './items';
import { PortMark } from './PortMark';
import { type Pull, suits, usePulling } from './pulling';

/** The ports of a card, inputs at its left and outputs at its right. */
export function PortHandles({ node, ports }: { node: string; ports: Ports }) {
  const pull = usePulling((state) => state.pull);
  const height = heightOf(ports);
  const handles = (side: Port[], direction: 'in' | 'out') =>
    side.map((port, index) => (
      <PortHandle
        key={`${direction}:${port.id}`}
        {...{ node, port, direction, pull }}
        top={portOffset(index, side.length, height)}
      />
    ));
  return (
    <>
      {handles(ports.inputs, 'in')}
      {handles(ports.outputs, 'out')}
    </>
  );
}

interface PortHandleProps {
  node: string;
  port: Port;
  direction: 'in' | 'out';
  top: number;
  pull: Pull | null;
}

function PortHandle({ node, port, direction, top, pull }: PortHandleProps) {
  const look = suits(pull, node, direction, port.id, port.type);
  const flow = useStoreApi();
  // a variable may be on its way to the settings at the side: the canvas must not run away below it
  const readyToPull = () =>
    flow.setState({
      autoPanOnConnect: port.type !== 'variable' || useView.getState().selection.length !== 1,
    });
  return (
    <Handle
      id={`${direction}:${port.id}`}
      type={direction === 'in' ? 'target' : 'source'}
      position={direction === 'in' ? Position.Left : Position.Right}
      className={`fe-port fe-port-${direction}${look ? ` fe-port-${look}` : ''}`}
      style={{ top }}
      onPointerDown={readyToPull}
      aria-label={`${direction === 'in' ? 'Input' : 'Output'} ${port.id}${port.type ? `, ${port.type}` : ''}`}
    >
      <PortMark type={port.type} many={port.many} />
      <span className="fe-port-label">
        {port.id}
        {port.optional && <i> optional</i>}
      </span>
    </Handle>
  );
}

/** The same ports from far away, where nobody sees them: React Flow measures where wires end. */
export function FarHandles({ node, ports }: { node: string; ports: Ports }) {
  const flow = useStoreApi().getState().rfId;
  const height = heightOf(ports);
  const handles = (side: Port[], direction: 'in' | 'out') =>
    side.map(({ id }, index) => {
      const isInput = direction === 'in';
      const type = isInput ? 'target' : 'source';
      return (
        <span
          key={`${direction}:${id}`}
          className={`react-flow__handle ${type} connectable connectableend fe-port-far`}
          data-handleid={`${direction}:${id}`}
          data-handlepos={isInput ? Position.Left : Position.Right}
          data-id={`${flow}-${node}-${direction}:${id}-${type}`}
          data-nodeid={node}
          style={{
            left: (isInput ? 0 : WIDTH) - HANDLE / 2,
            top: portOffset(index, side.length, height) - HANDLE / 2,
          }}
        />
      );
    });
  return (
    <>
      {handles(ports.inputs, 'in')}
      {handles(ports.outputs, 'out')}
    </>
  );
}
