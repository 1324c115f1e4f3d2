/** What every widget gets, and what it may ask of the form around it. */

import { createContext, useContext } from 'react';
import type { PlacedFault } from '../../../model/form/faults';
import type { Shape } from '../../../model/form/shape';
import type { ColumnInfo } from '../../../model/wire';

export interface WidgetProps<S extends Shape = Shape> {
  shape: S;
  /** `undefined`: what holds by default. */
  value: unknown;
  /** What holds by default, shown pale. */
  fallback: unknown;
  nullable: boolean;
  /** What it is called to have no value: “none”, or “by default”. */
  empty: string;
  id: string;
  label: string;
  invalid: boolean;
  /** Id of the sentence on what is wrong, for screen readers. */
  describedBy?: string | undefined;
  /** The server's faults of this value's parts. */
  faults: PlacedFault[];
  /** Take a new value; `undefined` goes back to the default. */
  onChange: (value: unknown) => void;
}

export interface FormScope {
  /** Type of the node whose settings these are. */
  type: string;
  /** Folder of the workflow file in the workspace, at which its paths begin. */
  folder: string;
  /** Columns that arrive at an input; `undefined` where they are not known. */
  columnsOf: (port: string) => ColumnInfo[] | undefined;
  variables: Record<string, unknown>;
  addVariable: (name: string, value: unknown) => void;
}

export const FormContext = createContext<FormScope>({
  type: '',
  folder: '',
  columnsOf: () => undefined,
  variables: {},
  addVariable: () => undefined,
});

export const useForm = (): FormScope => useContext(FormContext);

/** Return the attributes by which a control says whether it is right. */
export function aria({ id, invalid, describedBy }: WidgetProps) {
  return { id, 'aria-invalid': invalid || undefined, 'aria-describedby': describedBy };
}
