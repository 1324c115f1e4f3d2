/** Earlier runs of the workflow, to be compared. */
export function Runs() {
  return <section className="fe-runs" aria-label="Runs" />;
}
