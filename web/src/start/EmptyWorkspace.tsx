import { Button } from '../parts/Button';

/** What a workspace without workflows says. */
export function EmptyWorkspace({ onNew }: { onNew: () => void }) {
  return (
    <section className="fe-start-empty">
      <h2>No workflows yet</h2>
      <p>
        Begin with an empty canvas, take one of the lecture’s below as a start, or drop a workflow
        file here.
      </p>
      <Button icon="add" look="primary" onClick={onNew}>
        New workflow
      </Button>
    </section>
  );
}
