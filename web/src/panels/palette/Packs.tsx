import { IconButton } from '../../parts/Button';
import { PackIcon } from '../../parts/PackIcon';
import { Tooltip } from '../../parts/Tooltip';
import { useView } from '../../store/view';
import type { PackGroup } from './groups';

interface PacksProps {
  packs: PackGroup[];
  onOpen: (id: string) => void;
}

/** The palette folded to its packs' icons. */
export function Packs({ packs, onOpen }: PacksProps) {
  const setCollapsed = useView((state) => state.setCollapsed);
  return (
    <nav aria-label="Palette" className="fe-palette fe-palette-narrow">
      <IconButton
        icon="panelLeft"
        label="Show the palette"
        onClick={() => setCollapsed('palette', false)}
      />
      {packs.map(({ pack }) => (
        <Tooltip key={pack.id} text={`${pack.title}: ${pack.summary || pack.fault}`}>
          <button
            aria-label={`Show ${pack.title}`}
            className="fe-icon-button"
            onClick={() => onOpen(pack.id)}
            type="button"
          >
            <PackIcon pack={pack.id} size={18} />
          </button>
        </Tooltip>
      ))}
    </nav>
  );
}
