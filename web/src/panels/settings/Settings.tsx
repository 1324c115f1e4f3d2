/** The dialog of what is selected. */
export function Settings() {
  return <section aria-label="Settings" className="fe-settings" />;
}
