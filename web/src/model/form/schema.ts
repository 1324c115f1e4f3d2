/** From JSON Schema, as pydantic writes it, to shapes. */
import { brief } from './brief';
import type { Field, NumberShape, Scalar, Shape, TextShape } from './shape';
import { labelOf } from './words';

export type Schema = Record<string, unknown>;
export type Definitions = Record<string, Schema>;

interface Read {
  shape: Shape;
  nullable: boolean;
}

/** Return the shape of a schema, and whether `null` is allowed beside it. */
export function readSchema(schema: Schema, definitions: Definitions): Read {
  const options = optionsOf(schema, definitions);
  const shapes = options.map((option) => shapeOf(option, definitions));
  const solid = shapes.filter((shape) => shape.kind !== 'nothing');
  return { shape: joined(solid), nullable: solid.length < shapes.length };
}

/** Return the fields of an object's properties, without its `type`. */
export function fieldsOf(schema: Schema, definitions: Definitions): Field[] {
  const properties = (schema.properties ?? {}) as Definitions;
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return Object.entries(properties)
    .filter(([name]) => name !== 'type')
    .map(([name, item]) => {
      const read = readSchema(item, definitions);
      return {
        name,
        label: labelOf(name),
        help: (item.description as string | undefined) ?? '',
        required: required.has(name),
        fallback: brief(read.shape, item.default ?? null),
        ...read,
      };
    });
}

/** Return the alternatives of a schema; what stands beside `anyOf` holds for each of them. */
function optionsOf(schema: Schema, definitions: Definitions): Schema[] {
  const { anyOf, ...beside } = schema;
  if (!Array.isArray(anyOf)) return [schema];
  return (anyOf as Schema[]).flatMap((option) =>
    optionsOf(option.type === 'null' ? option : { ...beside, ...option }, definitions),
  );
}

function shapeOf(schema: Schema, definitions: Definitions): Shape {
  if (typeof schema.$ref === 'string') return shapeOf(named(schema.$ref, definitions), definitions);
  if (Array.isArray(schema.oneOf)) return familyOf(schema.oneOf as Schema[], definitions);
  if ('const' in schema) return { kind: 'choice', options: [schema.const as Scalar] };
  if (Array.isArray(schema.enum)) return { kind: 'choice', options: schema.enum as Scalar[] };
  if (typeof schema.widget === 'string') {
    const shape = widgetOf(schema);
    if (shape) return shape;
  }
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return { kind: 'boolean' };
    case 'string':
      return textOf(schema);
    case 'null':
      return { kind: 'nothing' };
    case 'array':
      return arrayOf(schema, definitions);
    case 'object':
      return objectOf(schema, definitions);
    default:
      return { kind: 'free' };
  }
}

function widgetOf(schema: Schema): Shape | undefined {
  if (schema.widget === 'layer') return { kind: 'layer' };
  if (schema.widget === 'column' && (schema.type === 'string' || schema.type === 'array'))
    return {
      kind: 'column',
      port: String(schema.port),
      holds: String(schema.kind ?? 'any'),
      many: schema.type === 'array',
    };
  if (schema.widget === 'file' && schema.type === 'string')
    return {
      kind: 'file',
      mode: schema.mode as 'read' | 'read_any' | 'write',
      suffixes: (schema.suffixes as string[] | undefined) ?? [],
    };
  return undefined;
}

function numberOf(schema: Schema): NumberShape {
  const shape: NumberShape = { kind: 'number', integer: schema.type === 'integer' };
  if (typeof schema.minimum === 'number') shape.minimum = schema.minimum;
  if (typeof schema.maximum === 'number') shape.maximum = schema.maximum;
  if (typeof schema.exclusiveMinimum === 'number') shape.above = schema.exclusiveMinimum;
  if (typeof schema.exclusiveMaximum === 'number') shape.below = schema.exclusiveMaximum;
  return shape;
}

function textOf(schema: Schema): TextShape {
  const shape: TextShape = { kind: 'text' };
  if (typeof schema.minLength === 'number') shape.shortest = schema.minLength;
  if (typeof schema.maxLength === 'number') shape.longest = schema.maxLength;
  if (typeof schema.pattern === 'string') shape.pattern = schema.pattern;
  return shape;
}

function arrayOf(schema: Schema, definitions: Definitions): Shape {
  if (Array.isArray(schema.prefixItems)) {
    const items = (schema.prefixItems as Schema[]).map(
      (item) => readSchema(item, definitions).shape,
    );
    return { kind: 'tuple', items };
  }
  return { kind: 'list', item: itemOf(schema.items, definitions) };
}

function objectOf(schema: Schema, definitions: Definitions): Shape {
  if (schema.properties)
    return {
      kind: 'group',
      help: (schema.description as string | undefined) ?? '',
      fields: fieldsOf(schema, definitions),
    };
  return { kind: 'map', item: itemOf(schema.additionalProperties, definitions) };
}

/** Return the shape of an array's or map's items, where `null` is one more alternative. */
function itemOf(schema: unknown, definitions: Definitions): Shape {
  if (!schema || typeof schema !== 'object') return { kind: 'free' };
  const { shape, nullable } = readSchema(schema as Schema, definitions);
  return nullable ? { kind: 'union', options: [shape, { kind: 'nothing' }] } : shape;
}

function familyOf(options: Schema[], definitions: Definitions): Shape {
  const members = options.map((option) => {
    const schema = typeof option.$ref === 'string' ? named(option.$ref, definitions) : option;
    const type = ((schema.properties ?? {}) as Definitions).type ?? {};
    return {
      name: String(type.const ?? type.default),
      help: (schema.description as string | undefined) ?? '',
      fields: fieldsOf(schema, definitions),
    };
  });
  return { kind: 'family', members };
}

/** Return one shape for several: choices become one choice, scalars of all kinds one scalar. */
function joined(shapes: Shape[]): Shape {
  const [first] = shapes;
  if (!first) return { kind: 'nothing' };
  if (shapes.length === 1) return first;
  const choices = shapes.map(choicesOf);
  if (choices.every((options) => options !== undefined))
    return { kind: 'choice', options: choices.flat() };
  const scalars = new Set(['number', 'text', 'boolean']);
  if (shapes.every((shape) => scalars.has(shape.kind))) return { kind: 'scalar' };
  return { kind: 'union', options: shapes };
}

function choicesOf(shape: Shape): Scalar[] | undefined {
  if (shape.kind === 'choice') return shape.options;
  return shape.kind === 'boolean' ? [true, false] : undefined;
}

function named(ref: string, definitions: Definitions): Schema {
  const name = ref.split('/').pop() ?? '';
  const schema = definitions[decodeURIComponent(name)];
  if (!schema) throw new Error(`the schema names "${ref}", which it does not define`);
  return schema;
}
