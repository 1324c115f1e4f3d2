/** What a setting may hold, told so that a widget can be chosen for it. */

export type Scalar = string | number | boolean | null;

export interface NumberShape {
  kind: 'number';
  integer: boolean;
  minimum?: number;
  maximum?: number;
  above?: number;
  below?: number;
}

export interface TextShape {
  kind: 'text';
  shortest?: number;
  longest?: number;
  pattern?: string;
}

/** One of several values; a choice of one is fixed. */
export interface ChoiceShape {
  kind: 'choice';
  options: Scalar[];
}

/** A column, or several, of the table at an input port. */
export interface ColumnShape {
  kind: 'column';
  port: string;
  holds: string;
  many: boolean;
}

export interface FileShape {
  kind: 'file';
  mode: 'read' | 'read_any' | 'write';
  suffixes: string[];
}

/** So many values, each of its own shape. */
export interface TupleShape {
  kind: 'tuple';
  items: Shape[];
}

export interface ListShape {
  kind: 'list';
  item: Shape;
}

/** Values by names that people give. */
export interface MapShape {
  kind: 'map';
  item: Shape;
}

/** Named choices with settings of their own, such as optimizers. */
export interface FamilyShape {
  kind: 'family';
  members: Member[];
}

export interface Member {
  name: string;
  help: string;
  fields: Field[];
}

export interface GroupShape {
  kind: 'group';
  help: string;
  fields: Field[];
}

/** A value of one of several shapes, which are told apart by the value. */
export interface UnionShape {
  kind: 'union';
  options: Shape[];
}

export type Shape =
  | NumberShape
  | TextShape
  | ChoiceShape
  | ColumnShape
  | FileShape
  | TupleShape
  | ListShape
  | MapShape
  | FamilyShape
  | GroupShape
  | UnionShape
  | { kind: 'boolean' }
  | { kind: 'scalar' }
  | { kind: 'layer' }
  | { kind: 'nothing' }
  | { kind: 'free' };

/** A setting, or a part of one that has a name. */
export interface Field {
  name: string;
  label: string;
  help: string;
  required: boolean;
  /** Whether it may be empty, which is then a value of its own. */
  nullable: boolean;
  fallback: unknown;
  shape: Shape;
}
