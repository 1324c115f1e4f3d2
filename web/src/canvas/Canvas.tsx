import { Background, ReactFlow } from '@xyflow/react';
import '@xyflow/react/dist/base.css';

/** The open workflow, drawn. */
export function Canvas() {
  return (
    <ReactFlow nodes={[]} edges={[]}>
      <Background gap={20} />
    </ReactFlow>
  );
}
