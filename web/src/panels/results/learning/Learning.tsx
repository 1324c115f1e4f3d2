/** The curves of a training. */
export default function Learning({ path }: { path: string }) {
  return <p className="fe-results-hint">{path}</p>;
}
