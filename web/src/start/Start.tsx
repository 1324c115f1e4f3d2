/** The page people start on: the workspace's workflows. */
export function Start() {
  return <main className="fe-start" />;
}
