import { IconButton } from '../parts/Button';
import type { IconName } from '../parts/icons';
import { shown } from './keys';
import { useAction } from './useAction';

interface ActionButtonProps {
  id: string;
  icon?: IconName;
  /** In place of the action's own words. */
  label?: string;
}

/** An action as a button with its icon. */
export function ActionButton({ id, icon, label }: ActionButtonProps) {
  const { action, enabled, checked } = useAction(id);
  return (
    <IconButton
      icon={icon ?? action.icon ?? 'more'}
      label={label ?? action.label}
      shortcut={shown(action.keys?.[0])}
      disabled={!enabled}
      aria-pressed={action.checked ? checked : undefined}
      onClick={action.perform}
    />
  );
}
