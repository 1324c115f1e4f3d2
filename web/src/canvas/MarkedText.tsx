import type { ReactNode } from 'react';

/** Text with `# headings`, `- lists`, `**bold**`, `*emphasis*` and `` `code` ``, and nothing else. */
export function MarkedText({ text }: { text: string }) {
  return (
    <>
      {text.split('\n').map((line, index) => (
        <Line key={index} line={line} />
      ))}
    </>
  );
}

function Line({ line }: { line: string }) {
  const heading = /^(#{1,3}) (.*)$/.exec(line);
  if (heading)
    return (
      <strong className={`fe-annotation-heading-${heading[1]?.length}`}>
        {inline(heading[2] ?? '')}
      </strong>
    );
  const item = /^[-*] (.*)$/.exec(line);
  if (item) return <span className="fe-annotation-item">{inline(item[1] ?? '')}</span>;
  return <span className="fe-annotation-line">{line ? inline(line) : '\u00a0'}</span>;
}

function inline(text: string): ReactNode[] {
  return text.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/).map((part, index) => {
    if (part.startsWith('**') && part.length > 4) return <b key={index}>{part.slice(2, -2)}</b>;
    if (part.startsWith('`') && part.length > 2)
      return <code key={index}>{part.slice(1, -1)}</code>;
    if (part.startsWith('*') && part.length > 2) return <em key={index}>{part.slice(1, -1)}</em>;
    return part;
  });
}
