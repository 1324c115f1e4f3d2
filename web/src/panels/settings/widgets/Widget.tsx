import { isTypedList } from '../../../model/form/typed';
import { BooleanInput } from './BooleanInput';
import { ChoiceInput } from './ChoiceInput';
import { ColumnInput } from './ColumnInput';
import { ColumnsInput } from './ColumnsInput';
import { FamilyInput } from './FamilyInput';
import { FileInput } from './FileInput';
import { GroupInput } from './GroupInput';
import { LayerInput } from './LayerInput';
import { ListInput } from './ListInput';
import { MapInput } from './MapInput';
import { NumberInput } from './NumberInput';
import type { WidgetProps } from './props';
import { TextInput } from './TextInput';
import { TupleInput } from './TupleInput';
import { UnionInput } from './UnionInput';
import './widgets.css';

/** The control that fits a shape. */
export function Widget(props: WidgetProps) {
  const { shape } = props;
  switch (shape.kind) {
    case 'number':
      return <NumberInput {...props} shape={shape} />;
    case 'boolean':
      return props.nullable ? (
        <ChoiceInput {...props} shape={{ kind: 'choice', options: [true, false] }} />
      ) : (
        <BooleanInput {...props} />
      );
    case 'choice':
      return <ChoiceInput {...props} shape={shape} />;
    case 'column':
      return shape.many ? (
        <ColumnsInput {...props} shape={shape} />
      ) : (
        <ColumnInput {...props} shape={shape} />
      );
    case 'file':
      return <FileInput {...props} shape={shape} />;
    case 'tuple':
      return <TupleInput {...props} shape={shape} />;
    case 'list':
      return isTypedList(shape) ? <TextInput {...props} /> : <ListInput {...props} shape={shape} />;
    case 'map':
      return <MapInput {...props} shape={shape} />;
    case 'family':
      return <FamilyInput {...props} shape={shape} />;
    case 'group':
      return <GroupInput {...props} shape={shape} />;
    case 'union':
      return <UnionInput {...props} shape={shape} />;
    case 'layer':
      return <LayerInput {...props} />;
    default:
      return <TextInput {...props} />;
  }
}
