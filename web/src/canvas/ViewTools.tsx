import { Panel, useStore } from '@xyflow/react';
import { IconButton } from '../parts/Button';
import { flowNow, motion, show } from './instance';
import './ViewTools.css';

/** Zoom in the corner of the canvas. */
export function ViewTools() {
  const zoom = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <Panel position="bottom-left" className="fe-view-tools">
      <IconButton
        icon="minus"
        label="Zoom out"
        shortcut="Ctrl+-"
        onClick={() => void flowNow()?.zoomOut({ duration: motion() })}
      />
      <button
        type="button"
        className="fe-zoom"
        aria-label={`Zoom ${zoom} %, back to 100 %`}
        onClick={() => void flowNow()?.zoomTo(1, { duration: motion() })}
      >
        {zoom} %
      </button>
      <IconButton
        icon="add"
        label="Zoom in"
        shortcut="Ctrl++"
        onClick={() => void flowNow()?.zoomIn({ duration: motion() })}
      />
      <IconButton icon="fit" label="Show all" shortcut="Ctrl+2" onClick={() => show()} />
    </Panel>
  );
}
