/** Parts of the editor that are fetched when they are first needed. */

import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
const LAST_TRY = 3;

/** Like React's `lazy`; while the server cannot be reached, the part is waited for. */
// biome-ignore lint/suspicious/noExplicitAny: any properties, as React's own declaration has it
export function lazily<Part extends ComponentType<any>>(
  load: () => Promise<{ default: Part }>,
): LazyExoticComponent<Part> {
  return lazy(() => patient(load, isServerThere, pause));
}

/** Load, and load again; give up where the server answers but does not have the part. */
export async function patient<Loaded>(
  load: () => Promise<Loaded>,
  isThere: () => Promise<boolean>,
  wait: (milliseconds: number) => Promise<void>,
): Promise<Loaded> {
  let milliseconds = FIRST_WAIT;
  let refusals = 0;
  for (;;) {
    try {
      return await load();
    } catch (error) {
      // it may have come back in between: a single refusal says nothing
      if (await isThere()) refusals += 1;
      if (refusals === LAST_TRY) throw error;
      await wait(milliseconds);
      milliseconds = Math.min(LONGEST_WAIT, milliseconds * 2);
    }
  }
}

async function isServerThere(): Promise<boolean> {
  try {
    await fetch(document.baseURI, { method: 'HEAD', cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((done) => window.setTimeout(done, milliseconds));
