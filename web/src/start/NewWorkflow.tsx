import { useState } from 'react';
import { Button } from '../parts/Button';
import { create } from './commands';
import { pathFor, usualFolder } from './find';

interface NewWorkflowProps {
  taken: string[];
  onClose: () => void;
}

/** Asks for a name, and makes an empty workflow of it. */
export function NewWorkflow({ taken, onClose }: NewWorkflowProps) {
  const [name, setName] = useState('');
  const [fault, setFault] = useState('');
  const path = pathFor(name, taken, usualFolder(taken));

  return (
    <form
      className="fe-start-new"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      onSubmit={(event) => {
        event.preventDefault();
        void create(path, name.trim()).then(setFault);
      }}
    >
      <label htmlFor="fe-new-name">Name</label>
      <input
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: a person just asked for this field
        autoFocus
        id="fe-new-name"
        onChange={(event) => setName(event.target.value)}
        placeholder="Flower classifier"
        value={name}
      />
      <Button look="primary" type="submit">
        Create
      </Button>
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <p role="status">{fault || `becomes ${path}`}</p>
    </form>
  );
}
