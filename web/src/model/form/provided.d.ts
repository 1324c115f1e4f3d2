import type { NodeInfo } from '../wire';

declare module 'vitest' {
  interface ProvidedContext {
    /** All nodes of the installed packs, see `tools/catalogue_setup.ts`. */
    nodes: NodeInfo[];
  }
}
