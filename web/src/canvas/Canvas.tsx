import {
  Background,
  BackgroundVariant,
  type EdgeTypes,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, useState } from 'react';
import { useCatalogue } from '../store/catalogue';
import { useScene } from '../store/scene';
import { useView } from '../store/view';
import './Canvas.css';
import { CanvasMenu, useCanvasMenu } from './CanvasMenu';
import { CardTools, HOVERING } from './CardTools';
import { EmptyHint } from './EmptyHint';
import { FarWires } from './FarWires';
import { DetailContext, useUnreadable, useZoomDetail } from './far';
import { selectWireAt } from './far_wires';
import { setFlow } from './instance';
import { type CanvasEdge, type CanvasNode, Items } from './items';
import { NodeCard } from './NodeCard';
import { Note } from './Note';
import { Overview } from './Overview';
import { PullHint } from './PullHint';
import { PANNING } from './panning';
import { QuickAdd } from './QuickAdd';
import { SettingMenu } from './SettingMenu';
import { useDropping } from './useDropping';
import { useMoving } from './useMoving';
import { useSelecting } from './useSelecting';
import { useStart } from './useStart';
import { useWiring } from './useWiring';
import { ViewTools } from './ViewTools';
import { Wire } from './Wire';

const NODE_TYPES: NodeTypes = { card: NodeCard, note: Note };
const EDGE_TYPES: EdgeTypes = { wire: Wire };

/** Of more wires than so many all are one drawing from far away. */
const MANY = 300;
/** From dot to dot of the background; from far away they would be a grey. */
const GRID = 24;
const FAR_GRID = 96;

/** The open workflow or component, drawn. */
export function Canvas() {
  const component = useView((view) => view.component);
  return (
    <ReactFlowProvider key={component}>
      <Stage />
    </ReactFlowProvider>
  );
}

function Stage() {
  const scene = useScene();
  const infos = useCatalogue((state) => state.infos);
  const { selection, wires, notes, theme } = useView();
  const detail = useZoomDetail();
  const unreadable = useUnreadable();
  const [items] = useState(() => new Items());
  const { moved, ...moving } = useMoving();
  const selecting = useSelecting(moving.onMoves);
  const wiring = useWiring();
  const dropping = useDropping();
  const { menu, close, ...menus } = useCanvasMenu();
  const start = useStart();

  const chosen = useMemo(() => new Set(selection), [selection]);
  const chosenNotes = useMemo(() => new Set(notes), [notes]);
  const nodes = useMemo(
    () => items.nodesOf(scene, chosen, chosenNotes, moved),
    [items, scene, chosen, chosenNotes, moved],
  );
  const edges = useMemo(
    () => items.edgesOf(scene, new Set(wires), infos),
    [items, scene, wires, infos],
  );
  const drawnAsOne = detail === 'far' && edges.length > MANY;
  const chosenEdges = useMemo(() => edges.filter(({ selected }) => selected), [edges]);
  useEffect(() => () => setFlow(null), []);

  return (
    <div
      className={`fe-canvas fe-${detail} ${unreadable ? 'fe-unreadable' : ''}`}
      tabIndex={-1}
      {...dropping}
    >
      <DetailContext value={detail}>
        <ReactFlow<CanvasNode, CanvasEdge>
          nodes={nodes}
          edges={drawnAsOne ? chosenEdges : edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          colorMode={theme}
          onlyRenderVisibleElements
          minZoom={0.08}
          maxZoom={2}
          snapToGrid
          snapGrid={[8, 8]}
          selectionMode={SelectionMode.Partial}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={['Shift', 'Control', 'Meta']}
          panOnScroll={false}
          deleteKeyCode={null}
          disableKeyboardA11y
          zoomOnDoubleClick={false}
          elevateNodesOnSelect={false}
          connectionRadius={24}
          defaultEdgeOptions={{ type: 'wire' }}
          attributionPosition="bottom-left"
          onInit={(flow) => {
            setFlow(flow);
            start(flow);
          }}
          onDoubleClick={dropping.onDoubleClick}
          onNodeDoubleClick={(event, node) => {
            event.stopPropagation();
            selecting.openNode(node);
          }}
          onNodesChange={selecting.onNodesChange}
          onEdgesChange={selecting.onEdgesChange}
          onPaneClick={({ clientX, clientY, shiftKey }) => {
            const drawing = { scene, edges, moved, infos };
            if (drawnAsOne) selectWireAt(drawing, clientX, clientY, shiftKey);
          }}
          onNodeDrag={moving.onDrag}
          onNodeDragStop={moving.onDragStop}
          onSelectionDragStop={moving.onDragStop}
          {...HOVERING}
          {...PANNING}
          {...wiring}
          {...menus}
        >
          <Background
            variant={BackgroundVariant.Dots}
            gap={detail === 'far' ? FAR_GRID : GRID}
            size={detail === 'far' ? 4 : 1.2}
            color="var(--fe-grid)"
          />
          {drawnAsOne && <FarWires {...{ scene, edges, moved, infos }} />}
          <Overview />
          <CardTools />
          <ViewTools />
        </ReactFlow>
      </DetailContext>
      {nodes.length === 0 && <EmptyHint component={scene.component} />}
      <PullHint />
      <QuickAdd />
      <SettingMenu />
      {menu && <CanvasMenu menu={menu} onClose={close} />}
    </div>
  );
}
