// Made by `npm run types` from flowengine/server/wire: do not edit.

export type ColumnKind =
  | 'number'
  | 'integer'
  | 'text'
  | 'category'
  | 'boolean'
  | 'image'
  | 'list'
  | 'other';

export type RunStatus =
  | 'running'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'interrupted';

export type NodeState =
  | 'not configured'
  | 'ready'
  | 'waiting'
  | 'queued'
  | 'running'
  | 'done'
  | 'stopped'
  | 'changed'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'inactive';

/** A bar of a histogram, or a category (``label``). */
export interface Bin {
  label: string;
  count: number;
}

/** Everything the editor knows of nodes. */
export interface Catalogue {
  packs: PackInfo[];
  port_types: PortTypeInfo[];
  nodes: NodeInfo[];
}

/** Files of nodes changed (``--reload``). */
export interface CatalogueChanged {
  kind: 'catalogue';
}

/** A chart: Vega-Lite, with ``rows`` as its data set ``table``. */
export interface ChartView {
  kind: 'chart';
  specification: Record<string, unknown>;
  rows: Record<string, unknown>[];
}

/** A column of a table. */
export interface ColumnInfo {
  name: string;
  type: string;
  kind: ColumnKind;
}

/** A column in numbers; what does not apply is ``None``. */
export interface ColumnStatistics {
  name: string;
  missing: number;
  distinct: number | null;
  minimum: number | null;
  maximum: number | null;
  mean: number | null;
  deviation: number | null;
  bins: Bin[];
}

/** What is known of a component: its ports, and the sources of its outputs inside. */
export interface ComponentReport {
  path: string;
  state: NodeState;
  inputs: PortInfo[];
  outputs: PortInfo[];
  sources: Record<string, SourceRef | null>;
}

/** The metrics of a run, for each node and metric its points. */
export interface Curves {
  id: string;
  metrics: Record<string, Record<string, [number, number][]>>;
}

/** Somebody saved another version, or the file changed on disk. */
export interface DocumentChanged {
  kind: 'document';
  etag: string;
}

export interface Events {
  kind: 'events';
  run: string;
  events: RunEvent[];
}

/** One problem, with the place it belongs to. */
export interface Fault {
  pointer: string;
  message: string;
  severity: 'error' | 'warning';
  node: string;
  setting: string;
}

/** A file or folder of the workspace; ``size`` in bytes. */
export interface FileLine {
  name: string;
  path: string;
  is_folder: boolean;
  size: number;
}

export interface Folder {
  path: string;
  files: FileLine[];
}

/** What a layer does with one row. */
export interface Inside {
  parts: InsidePart[];
  weights: InsideWeight[];
  steps: string[];
  classes: Record<string, string[]>;
}

/** A layer that can be looked into; ``shape`` is that of what it gives. */
export interface InsideLayer {
  name: string;
  title: string;
  shape: string;
}

/** A trained network that has the layer, its first choice first in all lists. */
export interface InsideNetwork {
  node: string;
  port: string;
  version: string;
  layers: InsideLayer[];
  tables: InsideTable[];
}

/** Something inside a network, for one row. */
export interface InsidePart {
  layer: string;
  kind: string;
  shape: number[];
  shown: number[];
  values: string;
  low: number;
  high: number;
  first: number[];
}

/** Where the inside of a node can be seen. */
export interface InsidePlaces {
  networks: InsideNetwork[];
  reason: string;
  run: string;
  node: string;
}

/** A table whose rows the network can be shown; computed anew it has another ``version``. */
export interface InsideTable {
  node: string;
  port: string;
  version: string;
  rows: number;
}

/** A weight in numbers; ``bins`` counts its values between the lowest and the highest. */
export interface InsideWeight {
  layer: string;
  name: string;
  shape: number[];
  mean: number;
  deviation: number;
  norm: number;
  low: number;
  high: number;
  bins: number[];
}

/** How the latest run of a workflow ended. */
export interface LastRun {
  id: string;
  status: RunStatus;
  started: number;
  seconds: number | null;
}

/** A layer of a network; ``frozen``: training leaves it alone. */
export interface LayerLine {
  name: string;
  type: string;
  title: string;
  shape: string;
  parameters: number;
  flops: number;
  frozen: boolean;
}

/** A line of the log. */
export interface Message {
  time: number;
  node: string;
  severity: 'info' | 'warning' | 'error';
  text: string;
}

/** The value is not there; ``reason`` says what to do. */
export interface Missing {
  kind: 'missing';
  reason: string;
  node: string;
}

export interface ModelView {
  kind: 'model';
  model: string;
  settings: Record<string, unknown>;
  tensors: Record<string, string>;
}

/** The largest network of a workflow. */
export interface NetworkTotal {
  layers: number;
  parameters: number;
  flops: number;
}

export interface NetworkView {
  kind: 'network';
  inputs: Record<string, string>;
  outputs: Record<string, string>;
  parameters: number;
  trainable: number;
  flops: number;
  trained: boolean;
  layers: LayerLine[];
}

/** Everything people and tools need to know of a node type without importing it. */
export interface NodeInfo {
  type: string;
  title: string;
  group: string;
  summary: string;
  description: string;
  keywords: string[];
  version: number;
  was: string[];
  was_ports: Record<string, string>;
  random: boolean;
  exclusive: boolean;
  inputs: PortInfo[];
  outputs: PortInfo[];
  settings: SettingInfo[];
  definitions: Record<string, unknown>;
}

/** What is known of a node. ``path`` is like ``block_1/conv_1``. */
export interface NodeReport {
  path: string;
  pointer: string;
  type: string;
  title: string;
  essence: string;
  state: NodeState;
  key: string;
  inputs: Record<string, SourceRef[]>;
  outputs: Record<string, PortReport>;
  parameters: number | null;
  flops: number | null;
  seconds: number | null;
  warnings: string[];
  error: string;
  details: string;
}

/** A node in a run. */
export interface NodeRun {
  state: NodeState;
  cached: boolean;
  fraction: number;
  message: string;
  started: number | null;
  seconds: number | null;
  error: string;
}

/** A pack of nodes; ``icon`` is SVG text of 24×24 drawn in ``currentColor``, or empty. */
export interface PackInfo {
  id: string;
  title: string;
  summary: string;
  icon: string;
  fault: string;
}

/** A port as palette, documents and editor show it. */
export interface PortInfo {
  id: string;
  type: string;
  optional: boolean;
  many: boolean;
  help: string;
}

/** What is known of a port's value. */
export interface PortReport {
  type: string;
  text: string;
  columns: ColumnInfo[] | null;
  shapes: Record<string, string> | null;
  parameters: number | null;
  flops: number | null;
  kept: boolean;
}

/** How ports of a type look. */
export interface PortTypeInfo {
  id: string;
  shape: string;
  colour: string;
}

/** A picture that a node shows while it runs; ``image`` is a PNG as data URI. */
export interface Preview {
  name: string;
  step: number;
  image: string;
}

/** Answer to a request that was refused. */
export interface Refusal {
  message: string;
  faults: Fault[];
}

/** Everything known of a workflow before and after it ran, by node path. */
export interface Report {
  nodes: Record<string, NodeReport>;
  components: Record<string, ComponentReport>;
  faults: Fault[];
  total: NetworkTotal | null;
}

export interface ReportChanged {
  kind: 'report';
  etag: string;
  report: Report;
}

/** A wish to forget the results of nodes; empty: of all. */
export interface ResetRequest {
  nodes?: string[];
}

/** Rows of a table, as lists in the order of its columns; ``total`` counts those that match. */
export interface Rows {
  offset: number;
  total: number;
  rows: unknown[][];
  indices: number[];
}

/** An earlier run, to be compared. */
export interface RunCard {
  id: string;
  status: RunStatus;
  started: number;
  seconds: number | null;
  differences: Record<string, unknown>;
  metrics: Record<string, Record<string, number>>;
  learned: Record<string, string>;
}

/** A run began or ended; the state replaces what was known. */
export interface RunChanged {
  kind: 'run';
  run: RunState;
}

/** One event of a run, as ``flowengine.events.Event``. */
export interface RunEvent {
  kind: 'state' | 'progress' | 'metric' | 'warning' | 'log' | 'preview' | 'run';
  node: string;
  data: Record<string, unknown>;
  time: number;
}

/** A wish to run. ``keep``: nodes whose values must be there to be looked at afterwards. */
export interface RunRequest {
  until?: string[];
  keep?: string[];
  fresh?: boolean;
}

/** A run as it stands. */
export interface RunState {
  id: string;
  workflow: string;
  status: RunStatus;
  started: number;
  seconds: number | null;
  nodes: Record<string, NodeRun>;
  metrics: Record<string, Record<string, [number, number][]>>;
  previews: Record<string, Preview>;
  log: Message[];
  left_out: Refusal | null;
}

/** Answer to a save; ``text`` is the file as it now stands. */
export interface Saved {
  etag: string;
  report: Report;
}

/** A setting with its help, JSON Schema and default. */
export interface SettingInfo {
  id: string;
  help: string;
  json_schema: Record<string, unknown>;
  required: boolean;
  default: unknown;
}

/** A workflow in thumbnail: places of its nodes with the id of their packs, and its wires. */
export interface Sketch {
  nodes: [number, number, string][];
  wires: [number, number, number, number][];
}

/** First message of every connection. */
export interface Snapshot {
  kind: 'snapshot';
  etag: string;
  report: Report;
  run: RunState | null;
}

/** An output port by node path and port. */
export interface SourceRef {
  node: string;
  port: string;
}

/** A wish that a learner ends early and keeps what it has. */
export interface StopRequest {
  node: string;
}

export interface TableView {
  kind: 'table';
  rows: number;
  columns: ColumnInfo[];
}

export interface VariableView {
  kind: 'variable';
  value: unknown;
}

/** A workflow as the workspace's page shows it. */
export interface WorkflowCard {
  path: string;
  name: string;
  description: string;
  modified: number;
  node_count: number;
  sketch: Sketch;
  last_run: LastRun | null;
  is_sample: boolean;
  fault: string;
}

/** The page people start on. */
export interface Workspace {
  name: string;
  version: string;
  workflows: WorkflowCard[];
  samples: WorkflowCard[];
}

export type Push =
  | CatalogueChanged
  | DocumentChanged
  | Events
  | ReportChanged
  | RunChanged
  | Snapshot;

export type ValueView =
  | ChartView
  | Missing
  | ModelView
  | NetworkView
  | TableView
  | VariableView;
