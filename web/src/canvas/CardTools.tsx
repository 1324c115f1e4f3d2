import { NodeToolbar, type ReactFlowState, useStore } from '@xyflow/react';
import { create } from 'zustand';
import { actionOf } from '../actions';
import { shown } from '../actions/keys';
import { useAction } from '../actions/useAction';
import { join } from '../model/document';
import { IconButton } from '../parts/Button';
import { useView } from '../store/view';
import { barPlace } from './bar_place';
import './CardTools.css';
import type { CanvasNode } from './items';

const TOOLS = [
  'run.here',
  'run.reset',
  'run.results',
  'node.rename',
  'node.comment',
  'edit.delete',
];

/** The bar's size, as `CardTools.css` has it. */
const BAR = { width: 24 * TOOLS.length + 6, height: 30 };

/** How long the pointer rests on a card before its tools come, and how long they stay behind it. */
const REST = 500;
const LINGER = 250;

const useHovered = create<{ name: string | null }>(() => ({ name: null }));

let timer = 0;

function hover(name: string | null): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => useHovered.setState({ name }), name ? REST : LINGER);
}

function leave(): void {
  window.clearTimeout(timer);
  useHovered.setState({ name: null });
}

/** What the canvas tells of the pointer: where it rests, and that something else begins. */
export const HOVERING = {
  onNodeMouseEnter: (event: React.MouseEvent, node: CanvasNode) =>
    hover(node.type === 'card' && event.buttons === 0 ? node.id : null),
  onNodeMouseLeave: () => hover(null),
  onNodeDragStart: leave,
  onMoveStart: leave,
};

/** The commands of the card on which the pointer rests, above it. */
export function CardTools() {
  const name = useHovered((state) => state.name);
  const transform = useStore((state) => transformAt(name, state));
  if (name === null) return null;
  return (
    <NodeToolbar
      nodeId={name}
      isVisible
      style={{ transform }}
      className="fe-card-tools nopan nodrag"
      role="toolbar"
      aria-label={`Commands for ${name}`}
      onPointerEnter={() => window.clearTimeout(timer)}
      onPointerLeave={() => hover(null)}
    >
      {TOOLS.map((id) => (
        <Tool key={id} id={id} name={name} />
      ))}
    </NodeToolbar>
  );
}

/** Return the style that brings the bar to a card. */
function transformAt(name: string | null, state: ReactFlowState): string | undefined {
  const node = state.nodeLookup.get(name ?? '');
  if (!node) return undefined;
  const [left, top, zoom] = state.transform;
  const at = node.internals.positionAbsolute;
  const card = {
    x: left + at.x * zoom,
    y: top + at.y * zoom,
    width: (node.measured.width ?? 0) * zoom,
    height: (node.measured.height ?? 0) * zoom,
  };
  const { x, y } = barPlace(card, BAR, state);
  return `translate(${x}px, ${y}px)`;
}

/** A command for one card: it is selected first, as the command works on what is. */
function Tool({ id, name }: { id: string; name: string }) {
  const { action } = useAction(id);
  return (
    <IconButton
      icon={action.icon ?? 'more'}
      label={action.label}
      shortcut={shown(action.keys?.[0])}
      size={15}
      tabIndex={-1}
      onClick={() => {
        const view = useView.getState();
        const path = join(view.component, name);
        if (!view.selection.includes(path)) view.select([path]);
        leave();
        if (actionOf(id).enabled()) actionOf(id).perform();
      }}
    />
  );
}
