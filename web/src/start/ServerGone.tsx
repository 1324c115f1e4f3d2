import { Button } from '../parts/Button';

/** What stands in place of the workspace while nobody serves it. */
export function ServerGone({ onRetry }: { onRetry: () => void }) {
  return (
    <section className="fe-start-empty" role="alert">
      <h2>The server cannot be reached</h2>
      <p>
        Start it again with <code>flowengine ui</code>; this page goes on by itself then. Runs that
        had begun go on meanwhile.
      </p>
      <Button icon="refresh" onClick={onRetry}>
        Try again
      </Button>
    </section>
  );
}
