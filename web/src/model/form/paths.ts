/** Paths in settings begin at the workflow's folder, those of the server at the workspace. */

/** Return the folder of a file, '' for one at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Return the name at a path's end. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Return a path of the workspace as a setting says it. */
export function fromFolder(folder: string, path: string): string {
  const [from, to] = [parts(folder), parts(path)];
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') || '.';
}

/** Return what a setting says as a path of the workspace; `undefined` where it leads out of it. */
export function inWorkspace(folder: string, path: string): string | undefined {
  if (path.startsWith('/') || path.includes('://')) return undefined;
  const found = parts(folder);
  for (const part of parts(path)) {
    if (part !== '..') found.push(part);
    else if (found.pop() === undefined) return undefined;
  }
  return found.join('/');
}

const parts = (path: string): string[] => path.split('/').filter((part) => part && part !== '.');
