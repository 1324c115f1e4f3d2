/** A Python trace: the line of it that its sentence is about. */

/** Return the line of code that a failure names, `… (node.py, line 12)`, as its author wrote it. */
export function ownLine(message: string, details: string): string {
  const named = /\(([^()/\\]+), line (\d+)\)$/.exec(message);
  if (!named) return '';
  const lines = details.split('\n');
  const frame = lines.findLastIndex((line) => {
    const found = /^ {2}File "([^"]+)", line (\d+)/.exec(line);
    return found?.[1]?.split(/[/\\]/).at(-1) === named[1] && found?.[2] === named[2];
  });
  // without its file there is no code, and the next frame follows
  const code = frame < 0 ? '' : (lines[frame + 1] ?? '');
  return /^ {4}\S/.test(code) ? code.trim() : '';
}
