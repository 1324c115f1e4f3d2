import { ICONS, type IconName } from './icons';

interface IconProps {
  name: IconName;
  size?: number;
}

/** A line icon in the colour of the text around it; it says nothing to screen readers. */
export function Icon({ name, size = 16 }: IconProps) {
  return (
    <svg
      className="fe-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={ICONS[name]} />
    </svg>
  );
}
