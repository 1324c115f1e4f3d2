import { useEffect } from 'react';
import { Editor } from './Editor';
import { Toasts } from './parts/Toasts';
import { Start } from './start/Start';
import { useCatalogue } from './store/catalogue';
import { useRoute } from './store/route';
import { sentenceOf } from './store/server';
import { toast } from './store/toast';

/** The start page or a workflow, whichever the address names. */
export function App() {
  const workflow = useRoute((state) => state.workflow);
  const ready = useCatalogue((state) => state.catalogue !== null);
  const load = useCatalogue((state) => state.load);

  useEffect(() => {
    load().catch((error: unknown) => toast(sentenceOf(error), 'error'));
  }, [load]);

  return (
    <>
      {workflow && ready ? <Editor key={workflow} path={workflow} /> : !workflow && <Start />}
      <Toasts />
    </>
  );
}
