import { useState } from 'react';
import { glyphOf, StateGlyph } from '../canvas/StateGlyph';
import { hashOf } from '../model/address';
import { duration } from '../model/form/words';
import type { WorkflowCard, Workspace } from '../model/wire';
import { Button, IconButton } from '../parts/Button';
import { Icon } from '../parts/Icon';
import './Card.css';
import { copyOf, moveToTrash, openSample } from './commands';
import { Thumbnail } from './Thumbnail';
import { ago } from './times';

interface CardProps {
  card: WorkflowCard;
  workspace: Workspace | null;
  onChange: () => void;
}

/** A workflow: what it looks like, what it is for, how its last run ended. */
export function Card({ card, workspace, onChange }: CardProps) {
  const [isAsking, setAsking] = useState(false);
  // a sample outside of the workspace is copied into it before it is opened
  const isOutside = card.path.includes(':');
  const taken = workspace?.workflows.map((other) => other.path) ?? [];

  return (
    <li className="fe-start-card">
      <a
        href={isOutside ? undefined : hashOf(card.path)}
        onClick={(event) => {
          if (!isOutside) return;
          event.preventDefault();
          void openSample(card, taken);
        }}
        onKeyDown={(event) => {
          if (isOutside && event.key === 'Enter') void openSample(card, taken);
        }}
        role={isOutside ? 'button' : undefined}
        tabIndex={0}
      >
        <Thumbnail sketch={card.sketch} />
        <strong>{card.name}</strong>
        <p>{card.fault || card.description}</p>
      </a>
      <footer>
        <LastRunLine card={card} />
        <span className="fe-start-tools">
          <IconButton
            icon="copy"
            label={`Copy ${card.name}`}
            onClick={() => void copyOf(card, taken).then(onChange)}
          />
          {!isOutside && (
            <IconButton
              icon="trash"
              label={`Delete ${card.name}`}
              onClick={() => setAsking(true)}
            />
          )}
        </span>
      </footer>
      {isAsking && (
        <div aria-label={`Delete ${card.name}?`} className="fe-start-ask" role="alertdialog">
          <p>
            Delete “{card.name}”? The file goes to the workspace’s trash,{' '}
            <code>.flowengine/trash</code>.
          </p>
          <Button
            autoFocus
            look="danger"
            onClick={() => {
              setAsking(false);
              void moveToTrash(card).then(onChange);
            }}
          >
            Delete
          </Button>
          <Button onClick={() => setAsking(false)}>Keep</Button>
        </div>
      )}
    </li>
  );
}

function LastRunLine({ card }: { card: WorkflowCard }) {
  const { last_run: run } = card;
  if (card.fault)
    return (
      <span className="fe-start-run" data-status="failed">
        <Icon name="error" size={14} /> cannot be read
      </span>
    );
  if (!run)
    return (
      <span className="fe-start-run">
        {card.node_count} {card.node_count === 1 ? 'node' : 'nodes'}
      </span>
    );
  return (
    <span className="fe-start-run" data-status={run.status}>
      <StateGlyph state={glyphOf(run.status)} size={14} />
      {run.status} {ago(run.started)}
      {run.seconds !== null && run.status === 'done' && ` · ${duration(run.seconds)}`}
    </span>
  );
}
