import { useToasts } from '../store/toast';
import { Button, IconButton } from './Button';
import { Icon } from './Icon';
import './Toasts.css';

const ICON = { info: 'info', success: 'check', warning: 'warning', error: 'error' } as const;

/** What there is to say at the moment. */
export function Toasts() {
  const { toasts, dismiss } = useToasts();
  return (
    <section className="fe-toasts" aria-live="polite" aria-label="Messages">
      {toasts.map((item) => (
        <div key={item.id} className={`fe-toast fe-toast-${item.severity}`}>
          <Icon name={ICON[item.severity]} size={17} />
          <span className="fe-toast-text">{item.sentence}</span>
          {item.action && (
            <Button
              look="quiet"
              onClick={() => {
                dismiss(item.id);
                item.action?.perform();
              }}
            >
              {item.action.label}
            </Button>
          )}
          <IconButton icon="close" label="Dismiss" size={14} onClick={() => dismiss(item.id)} />
        </div>
      ))}
    </section>
  );
}
