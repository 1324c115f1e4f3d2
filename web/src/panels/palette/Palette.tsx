/** The palette: every node type, by pack. */
export function Palette() {
  return <nav aria-label="Palette" className="fe-palette" />;
}
