/** What items of a list or map begin as, and what is left of them. */
import type { Shape } from './shape';
import { asMember } from './value';

/** What an item is when its field was emptied: a number is missing then, and none is made up. */
export const emptied = (shape: Shape): unknown => (shape.kind === 'number' ? null : blankOf(shape));

/** What a new item begins as. */
export function blankOf(shape: Shape): unknown {
  switch (shape.kind) {
    case 'number':
      return Math.max(shape.minimum ?? 0, shape.above === undefined ? 0 : shape.above + 1);
    case 'choice':
      return shape.options[0];
    case 'boolean':
      return false;
    case 'family':
      return asMember(shape.members[0]?.name ?? '', {});
    case 'tuple':
      return shape.items.map(blankOf);
    case 'list':
      return [];
    case 'column':
      return shape.many ? [] : '';
    case 'map':
    case 'group':
      return {};
    case 'union':
      return shape.options[0] ? blankOf(shape.options[0]) : null;
    case 'nothing':
      return null;
    default:
      return '';
  }
}
