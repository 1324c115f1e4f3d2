import { useState } from 'react';
import { Button, IconButton } from '../parts/Button';
import { SearchField } from '../parts/SearchField';
import { go } from '../store/route';
import { useView } from '../store/view';
import { Cards } from './Cards';
import { EmptyWorkspace } from './EmptyWorkspace';
import { found } from './find';
import { notYetIn, sections } from './groups';
import { NewWorkflow } from './NewWorkflow';
import { ServerGone } from './ServerGone';
import './Start.css';
import { takeWorkflows } from './upload';
import { useDropped } from './useDropped';
import { useWorkspace } from './useWorkspace';

/** The page people start on: the workspace's workflows and the lecture's samples. */
export function Start() {
  const { workspace, fault, isOffline, reload } = useWorkspace();
  const [text, setText] = useState('');
  const [isNew, setNew] = useState(false);
  const theme = useView((state) => state.theme);
  const setTheme = useView((state) => state.setTheme);
  const { isOver, handlers } = useDropped((files) => void takeWorkflows(files).then(reload));
  const parts = sections(found(workspace?.workflows ?? [], text), found(notYetIn(workspace), text));
  const isEmpty = workspace !== null && workspace.workflows.length === 0;

  return (
    <main className="fe-start" data-over={isOver} {...handlers}>
      <header className="fe-start-bar">
        <h1>
          {workspace?.name ?? 'flowengine'}
          {workspace && <span>flowengine {workspace.version}</span>}
        </h1>
        <SearchField
          className="fe-start-search"
          label="Search workflows, or open one by its path"
          onChange={setText}
          onKeyDown={(event) => {
            const first = parts[0]?.cards[0];
            if (event.key !== 'Enter' || !text.trim()) return;
            if (/\.json$/.test(text.trim())) go(text.trim());
            else if (first && !first.path.includes(':')) go(first.path);
          }}
          placeholder="Search, or type the path of a workflow"
          value={text}
        />
        <Button
          disabled={workspace === null}
          icon="add"
          look={isEmpty ? 'plain' : 'primary'}
          onClick={() => setNew(true)}
        >
          New workflow
        </Button>
        <IconButton
          icon={theme === 'dark' ? 'light' : 'dark'}
          label={theme === 'dark' ? 'Light colours' : 'Dark colours'}
          onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
        />
      </header>
      {isNew && workspace && (
        <NewWorkflow
          onClose={() => setNew(false)}
          taken={workspace.workflows.map((card) => card.path)}
        />
      )}
      {isOffline && <ServerGone onRetry={reload} />}
      {fault && !isOffline && (
        <p className="fe-start-fault" role="alert">
          {fault} <Button onClick={reload}>Try again</Button>
        </p>
      )}
      {isEmpty && !text && <EmptyWorkspace onNew={() => setNew(true)} />}
      {text && workspace && parts.length === 0 && (
        <p className="fe-start-none">
          No workflow has “{text}” in its name.
          {/\.json$/.test(text.trim()) && ' Enter opens the file of this path.'}
        </p>
      )}
      {parts.map(({ title, cards }) => (
        <Cards
          cards={cards}
          key={`${title} ${cards[0]?.path}`}
          onChange={reload}
          title={title}
          workspace={workspace}
        />
      ))}
    </main>
  );
}
