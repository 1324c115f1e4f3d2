import { join, nameOf, parentOf } from '../../model/document';
import { Icon } from '../../parts/Icon';
import { useView } from '../../store/view';

interface ConnectedProps {
  path: string;
  setting: string;
  /** The port it comes from, as “count.out”. */
  from: string;
}

/** A setting whose value comes over a connection. */
export function Connected({ path, setting, from }: ConnectedProps) {
  const source = from.slice(0, from.indexOf('.'));
  return (
    <span className="fe-set-connected">
      <Icon name="link" size={14} />
      <span>
        comes from <code>{from}</code>
      </span>
      <button
        aria-label={`Show ${source}, which gives ${setting} of ${nameOf(path)}`}
        className="fe-set-link"
        onClick={() => useView.getState().select([join(parentOf(path), source)])}
        type="button"
      >
        show
      </button>
    </span>
  );
}
