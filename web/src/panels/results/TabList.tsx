import type { KeyboardEvent } from 'react';
import { usePortType } from '../../store/catalogue';
import type { Tab } from './tabs';

interface Props {
  title: string;
  tabs: readonly Tab[];
  shown: Tab | undefined;
  select: (id: string) => void;
}

/** The tabs of a node; arrow keys go from one to the next. */
export function TabList({ title, tabs, shown, select }: Props) {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !shown) return;
    const next = tabs[(tabs.indexOf(shown) + step + tabs.length) % tabs.length];
    select(next.id);
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="fe-tabs"
      role="tablist"
      aria-label={`Results of ${title}`}
      onKeyDown={onKeyDown}
    >
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          data-tab={tab.id}
          className="fe-tab"
          aria-selected={tab === shown}
          aria-controls="fe-results-body"
          tabIndex={tab === shown ? 0 : -1}
          title={tab.kind === 'port' ? tab.help : undefined}
          onClick={() => select(tab.id)}
        >
          {tab.kind === 'port' && <TypeDot type={tab.type} />}
          {tab.label}
        </button>
      ))}
    </div>
  );
}

function TypeDot({ type }: { type: string }) {
  const colour = usePortType(type)?.colour;
  const background = `var(--fe-type-${type}, ${colour ?? 'currentColor'})`;
  return <span className="fe-tab-dot" style={{ background }} aria-hidden="true" />;
}
