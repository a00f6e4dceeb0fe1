/**
 * Everything public, named one by one. Operators are plain RxJS operators; the pipeline functions make a running
 * graph of YAML text; `builtins` is the registry to extend with nodes of one's own.
 */

export {
  defineOperator,
  defineSink,
  defineSource,
  type FileWriter,
  type InputDigest,
  type InputPort,
  type NodeContext,
  type OpenSink,
  type OpenSource,
  type OperatorNode,
  type RecordedWire,
  type Registry,
  type RunFolder,
  type SinkContext,
  type SinkNode,
  type SourceContext,
  type SourceNode,
} from './define.ts';
export {
  ConfigError,
  InputError,
  NumericError,
  PipelineError,
  type Position,
  ProblemList,
  renderError,
  SinkError,
} from './errors.ts';
export type {
  ActivationChunk,
  Bins,
  CountsChunk,
  Moments,
  Span,
  SpikeChunk,
  Trigger,
  ZscoredChunk,
} from './model/chunk.ts';
export { type Correlation, correlationOf } from './model/correlation.ts';
export { formatDuration } from './model/duration.ts';
export {
  checkEpochExpression,
  type EpochExpression,
  parseEpochExpression,
  resolveEpochs,
} from './model/epoch-expression.ts';
export {
  complementIntervals,
  compressEpochs,
  type Epoch,
  type Epochs,
  findMultitaskPrePost,
  findPrePost,
  type Intervals,
  intersectIntervals,
  mergeIntervals,
  type PrePost,
  totalDuration,
} from './model/epochs.ts';
export type { Events, Psth } from './model/events.ts';
export type { IcaReport, Patterns } from './model/patterns.ts';
export { type ActivationBatch, fromRecordBatch, toRecordBatch } from './model/record-batch.ts';
export type { Note, Report } from './model/report.ts';
export { fromSpikeTrains } from './model/spike-trains.ts';
export { type ExcludedUnit, numberedUnits, type Unit, type UnitTable } from './model/units.ts';
export type { StreamType, ValueType, WireType, WireTypes } from './model/wires.ts';
export { type BinOptions, bin } from './operators/bin.ts';
export { type CorrelateOptions, correlate } from './operators/correlate.ts';
export { type EpochFilterOptions, epochFilter } from './operators/epoch-filter.ts';
export { type EventAlignOptions, eventAlign } from './operators/event-align.ts';
export { type FitPatternsOptions, fitPatterns } from './operators/fit-patterns.ts';
export { type ProjectInputs, type ProjectOptions, project } from './operators/project.ts';
export { type SmoothOptions, smooth } from './operators/smooth.ts';
export { moments, type ZscoreOptions, zscore } from './operators/zscore.ts';
export {
  check,
  choice,
  count,
  epochs,
  flag,
  fraction,
  labels,
  number,
  type OptionsOf,
  optional,
  type Param,
  type Params,
  type ParamsOf,
  path,
  seconds,
  seed,
  text,
  tuning,
  window,
} from './params.ts';
export { buildGraph } from './pipeline/check.ts';
export { Flow, fromPull, stage } from './pipeline/flow.ts';
export type { Graph } from './pipeline/graph.ts';
export { type PipelineSpec, parsePipeline } from './pipeline/parse.ts';
export { type Pass, planPasses } from './pipeline/plan.ts';
export { Interrupted, type RunCapabilities, type RunResult, runGraph } from './pipeline/run.ts';
export { builtins } from './registry.ts';
export { recoverParquet } from './sinks/parquet-recover.ts';
export { type DiskFolder, openRunFolder } from './sinks/run-folder.ts';
export { type CellExplorerOptions, openCellExplorer } from './sources/cellexplorer.ts';
export { openPatternsFile, type PatternsFileOptions } from './sources/patterns-file.ts';
export { openTables, type TablesOptions } from './sources/tables.ts';
export { version } from './version.ts';
