/** Addresses of the page: the start page, or a workflow and perhaps a node (`#workflow=…&node=…`). */

export interface Route {
  workflow: string | null;
  node: string | null;
}

export const parsed = (hash: string): Route => {
  const query = new URLSearchParams(hash.replace(/^#\/?/, ''));
  return { workflow: query.get('workflow') || null, node: query.get('node') || null };
};

/** The hash of a workflow, and of a node in it. */
export function hashOf(workflow: string | null, node?: string): string {
  if (!workflow) return '#/';
  const path = workflow.split('/').map(encodeURIComponent).join('/');
  return `#workflow=${path}${node ? `&node=${node}` : ''}`;
}
