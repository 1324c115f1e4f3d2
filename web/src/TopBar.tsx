import { useState } from 'react';
import { ActionButton } from './actions/ActionButton';
import { menuItems } from './actions/items';
import { shown } from './actions/keys';
import { openComponent } from './actions/open';
import { useAction } from './actions/useAction';
import { nameOf } from './model/document';
import { Button, IconButton } from './parts/Button';
import { Icon } from './parts/Icon';
import { Menu } from './parts/Menu';
import { Tooltip } from './parts/Tooltip';
import { RunStatus } from './RunStatus';
import { SaveStatus } from './SaveStatus';
import { useDocument } from './store/document';
import { isRunning, useRun } from './store/run';
import { useView } from './store/view';
import './TopBar.css';

const MORE = [
  'picture.svg',
  'picture.png',
  'view.link',
  '-',
  'arrange.layout',
  'note.add',
  '-',
  'run.reset',
  'run.reset_all',
  '-',
  'view.runs',
  'view.minimap',
  'help.shortcuts',
];

/** Name, breadcrumb, run and stop, undo and redo, search, theme, panels. */
export function TopBar() {
  return (
    <header className="fe-top">
      <div className="fe-top-part">
        <ActionButton id="view.start" />
        <Crumbs />
        <SaveStatus />
      </div>
      <div className="fe-top-part">
        <RunButtons />
        <span className="fe-top-line" />
        <ActionButton id="edit.undo" label={useUndoLabel('past', 'Undo')} />
        <ActionButton id="edit.redo" label={useUndoLabel('future', 'Redo')} />
      </div>
      <div className="fe-top-part fe-top-end">
        <RunStatus />
        <Search />
        <span className="fe-top-line" />
        <ActionButton id="view.palette" />
        <ActionButton id="view.results" />
        <ActionButton id="view.settings" />
        <span className="fe-top-line" />
        <ThemeButton />
        <MoreButton />
      </div>
    </header>
  );
}

function useUndoLabel(side: 'past' | 'future', word: string): string {
  return useDocument(({ history }) => {
    const step = side === 'past' ? history.past.at(-1) : history.future[0];
    return step ? `${word}: ${step.label}` : word;
  });
}

/** The workflow's name and the components that are open in it. */
function Crumbs() {
  const name = useDocument((state) => state.document?.name || state.path || '');
  const component = useView((view) => view.component);
  const parts = component ? component.split('/') : [];
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return (
    <nav className="fe-crumbs" aria-label="Where you are">
      <h1 className="fe-top-name">
        {component ? (
          <button type="button" className="fe-crumb" onClick={() => openComponent('')}>
            {name}
          </button>
        ) : (
          <span title={name}>{name}</span>
        )}
      </h1>
      {paths.map((path) => (
        <span key={path} className="fe-crumb-part">
          <Icon name="chevronRight" size={14} />
          {path === component ? (
            <span aria-current="page">{nameOf(path)}</span>
          ) : (
            <button type="button" className="fe-crumb" onClick={() => openComponent(path)}>
              {nameOf(path)}
            </button>
          )}
        </span>
      ))}
    </nav>
  );
}

function RunButtons() {
  const running = useRun(isRunning);
  const here = useAction('run.here');
  const all = useAction('run.all');
  const cancel = useAction('run.cancel');
  const stop = useAction('run.stop');
  if (running)
    return (
      <>
        {stop.enabled && (
          <Button icon="stop" onClick={stop.action.perform}>
            Stop and keep
          </Button>
        )}
        <Tooltip text={cancel.action.label} shortcut={shown('F9')}>
          <Button icon="close" look="danger" onClick={cancel.action.perform}>
            Cancel
          </Button>
        </Tooltip>
      </>
    );
  return (
    <>
      <Tooltip text={all.action.label} shortcut={shown('Shift+F7')}>
        <Button icon="play" look="primary" disabled={!all.enabled} onClick={all.action.perform}>
          Run
        </Button>
      </Tooltip>
      <Tooltip text={here.action.label} shortcut={shown('F7')}>
        <Button look="quiet" disabled={!here.enabled} onClick={here.action.perform}>
          To here
        </Button>
      </Tooltip>
    </>
  );
}

function Search() {
  const { action } = useAction('view.commands');
  return (
    <button type="button" className="fe-top-search" onClick={action.perform}>
      <Icon name="search" size={14} />
      <span>Search</span>
      <kbd>{shown('Ctrl+K')}</kbd>
    </button>
  );
}

function ThemeButton() {
  const dark = useView((view) => view.theme === 'dark');
  return (
    <ActionButton
      id="view.theme"
      icon={dark ? 'light' : 'dark'}
      label={dark ? 'Light theme' : 'Dark theme'}
    />
  );
}

function MoreButton() {
  const [anchor, setAnchor] = useState<DOMRect | null>(null);
  return (
    <>
      <IconButton
        icon="more"
        label="More commands"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      />
      {anchor && (
        <Menu
          label="More commands"
          items={menuItems(MORE)}
          anchor={anchor}
          onClose={() => setAnchor(null)}
        />
      )}
    </>
  );
}
