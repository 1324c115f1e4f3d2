import { describe, expect, it } from 'vitest';
import { ownLine } from './trace';

const TRACE = `Traceback (most recent call last):
  File "/engine/running/execute.py", line 66, in execute_node
    values = _call(node, signature, inputs, context)
             ^^^^^
  File "/mine/outlier.py", line 12, in execute
    return table.filter(1 / self.count)
                        ~~^~~~~~~~~~~~
  File "/mine/outlier.py", line 3, in __truediv__
  File "/lib/polars/frame.py", line 12, in filter
    raise error
ZeroDivisionError: division by zero
`;

describe("an author's own line", () => {
  it('is the one that the sentence names', () => {
    const message = 'ZeroDivisionError: division by zero (outlier.py, line 12)';
    expect(ownLine(message, TRACE)).toBe('return table.filter(1 / self.count)');
  });

  it('is empty where nothing says it', () => {
    expect(ownLine('division by zero (outlier.py, line 3)', TRACE)).toBe('');
    expect(ownLine('division by zero (other.py, line 12)', TRACE)).toBe('');
    expect(ownLine('there is no column "a"', TRACE)).toBe('');
    expect(ownLine('division by zero (outlier.py, line 12)', '')).toBe('');
  });
});
