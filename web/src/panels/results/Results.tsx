/** What the selected node made: a tab for each output, its log, its learning curves. */
export function Results() {
  return <section className="fe-results" aria-label="Results" />;
}
