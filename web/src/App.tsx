import { Suspense, useEffect } from 'react';
import { Guard } from './parts/Guard';
import { lazily } from './parts/lazily';
import { Toasts } from './parts/Toasts';
import { useCatalogue } from './store/catalogue';
import { useRoute } from './store/route';
import { sentenceOf } from './store/server';
import { toast } from './store/toast';

const Editor = lazily(async () => ({ default: (await import('./Editor')).Editor }));
const Start = lazily(async () => ({ default: (await import('./start/Start')).Start }));

/** The start page or a workflow, whichever the address names. */
export function App() {
  const workflow = useRoute((state) => state.workflow);
  const load = useCatalogue((state) => state.load);

  useEffect(() => {
    load().catch((error: unknown) => toast(sentenceOf(error), 'error'));
  }, [load]);

  return (
    <>
      <Guard name="This page">
        <Suspense fallback={null}>
          {workflow ? <Editor key={workflow} path={workflow} /> : <Start />}
        </Suspense>
      </Guard>
      <Toasts />
    </>
  );
}
