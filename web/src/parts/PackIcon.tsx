import { memo } from 'react';
import { useCatalogue } from '../store/catalogue';
import './PackIcon.css';
import { tintOf } from './tint';

interface PackIconProps {
  pack: string;
  size?: number;
}

/** The icon of a pack in its tint; a pack without one shows its first letter. */
export const PackIcon = memo(function PackIcon({ pack, size = 20 }: PackIconProps) {
  const icon = useCatalogue((state) => state.packs.get(pack)?.icon);
  const style = { width: size, height: size, color: tintOf(pack) };
  if (icon)
    // drawn as a mask, so that a pack's SVG is a picture and never a part of this page
    return (
      <span
        className="fe-pack-icon"
        style={{ ...style, maskImage: `url("data:image/svg+xml,${encodeURIComponent(icon)}")` }}
        aria-hidden="true"
      />
    );
  return (
    <span className="fe-pack-letter" style={{ ...style, fontSize: size * 0.55 }} aria-hidden="true">
      {pack.slice(0, 1).toUpperCase()}
    </span>
  );
});
