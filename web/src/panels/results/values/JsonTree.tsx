/** JSON data as a tree that opens and closes. */
export function JsonTree({ value, name }: { value: unknown; name?: string }) {
  if (typeof value !== 'object' || value === null) {
    return (
      <div className="fe-json-line">
        {name !== undefined && <span className="fe-json-name">{name}</span>}
        <span className={`fe-json-${value === null ? 'null' : typeof value}`}>{plain(value)}</span>
      </div>
    );
  }
  const entries = Array.isArray(value)
    ? value.map((item, place) => [String(place), item] as const)
    : Object.entries(value);
  if (name === undefined) return <Entries entries={entries} />;
  return (
    <details className="fe-json-branch" open={entries.length <= 20}>
      <summary>
        <span className="fe-json-name">{name}</span>
        <span className="fe-json-null">
          {Array.isArray(value) ? `${entries.length} items` : `${entries.length} entries`}
        </span>
      </summary>
      <Entries entries={entries} />
    </details>
  );
}

/** Longer lists are cut: nobody reads them, and a browser should not draw them. */
const MOST = 200;

function Entries({ entries }: { entries: readonly (readonly [string, unknown])[] }) {
  return (
    <div className="fe-json">
      {entries.slice(0, MOST).map(([name, value]) => (
        <JsonTree key={name} name={name} value={value} />
      ))}
      {entries.length > MOST && (
        <p className="fe-json-null">… {(entries.length - MOST).toLocaleString('en')} more</p>
      )}
    </div>
  );
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
