import type { WorkflowCard, Workspace } from '../model/wire';
import { Card } from './Card';

interface CardsProps {
  title: string;
  cards: WorkflowCard[];
  workspace: Workspace | null;
  onChange: () => void;
}

/** Workflows side by side. */
export function Cards({ title, cards, workspace, onChange }: CardsProps) {
  if (!cards.length) return null;
  return (
    <section aria-label={title} className="fe-start-section">
      <h2>{title}</h2>
      <ul className="fe-start-cards">
        {cards.map((card) => (
          <Card card={card} key={card.path} onChange={onChange} workspace={workspace} />
        ))}
      </ul>
    </section>
  );
}
