/**
 * Everything public, named one by one. Operators are plain RxJS operators; the pipeline functions make a running
 * graph of YAML text; `builtins` is the registry to extend with nodes of one's own.
 */

export {
  type AnyNode,
  defineOperator,
  defineSink,
  defineSource,
  type FileWriter,
  type FinishedRun,
  type InputDigest,
  type InputPort,
  type InputPorts,
  type InputWires,
  type LiveStatus,
  type NodeContext,
  type NodeOutline,
  type OpenSink,
  type OpenSource,
  type OperatorNode,
  type OutputPorts,
  type OutputWires,
  type RecordedWire,
  type RecordingTables,
  type Registry,
  type RunFolder,
  type SinkContext,
  type SinkNode,
  type SourceContext,
  type SourceNode,
} from './define.ts';
export {
  ConfigError,
  type ErrorDetails,
  InputError,
  NumericError,
  PipelineError,
  type Position,
  ProblemList,
  renderError,
  SinkError,
} from './errors.ts';
export { drawFigures } from './figures/draw-figures.ts';
export {
  type DrawnFigure,
  type FigureName,
  type FigureRequest,
  type FigureSize,
  figureNames,
} from './figures/request.ts';
export type { LatencySummary } from './live/latency.ts';
export type { ScratchFile } from './math/counts-store.ts';
export type { Compute } from './math/tasks.ts';
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
export { type Clock, machineClock } from './model/clock.ts';
export { type Correlation, correlationOf } from './model/correlation.ts';
export { formatDuration } from './model/duration.ts';
export {
  checkEpochExpression,
  type EpochExpression,
  parseEpochExpression,
  resolveEpochs,
} from './model/epoch-expression.ts';
export type { Qualifier } from './model/epoch-names.ts';
export {
  complementIntervals,
  compressEpochs,
  type Epoch,
  type Epochs,
  findMultitaskPrePost,
  findPrePost,
  type Intervals,
  intersectIntervals,
  type MultitaskOptions,
  mergeIntervals,
  type PrePost,
  totalDuration,
} from './model/epochs.ts';
export type { Events, Psth } from './model/events.ts';
export type { IcaReport, MemberCounts, Patterns } from './model/patterns.ts';
export { type ActivationBatch, fromRecordBatch, toRecordBatch } from './model/record-batch.ts';
export type { Note, Report } from './model/report.ts';
export type { ResultFile, ResultFiles } from './model/result-files.ts';
export { fromSpikeTrains } from './model/spike-trains.ts';
export type { UnitLabels } from './model/unit-labels.ts';
export { type ExcludedUnit, numberedUnits, type Unit, type UnitTable } from './model/units.ts';
export type {
  StreamType,
  StreamTypes,
  ValueType,
  ValueTypes,
  WireType,
  WireTypes,
} from './model/wires.ts';
export { type BinOptions, bin } from './operators/bin.ts';
export { type CorrelateInputs, type CorrelateOptions, correlate } from './operators/correlate.ts';
export { type EpochFilterOptions, epochFilter } from './operators/epoch-filter.ts';
export { type EventAlignOptions, eventAlign } from './operators/event-align.ts';
export { type EventAlignLiveOptions, eventAlignLive } from './operators/event-align-live.ts';
export {
  type FitPatternsInputs,
  type FitPatternsOptions,
  type FitPatternsServices,
  fitPatterns,
} from './operators/fit-patterns.ts';
export { type ProjectInputs, type ProjectOptions, project } from './operators/project.ts';
export { type SmoothOptions, smooth } from './operators/smooth.ts';
export { type ThresholdOptions, threshold } from './operators/threshold.ts';
export { moments, type ZscoreOptions, zscore } from './operators/zscore.ts';
export { type ZscoreBaselineOptions, zscoreBaseline } from './operators/zscore-baseline.ts';
export { type ZscoreRunningOptions, zscoreRunning } from './operators/zscore-running.ts';
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
  type ParamType,
  path,
  seconds,
  seed,
  text,
  tuning,
  window,
} from './params.ts';
export type { Chunk, Value, WireCount } from './pipeline/build.ts';
export type { Chain, ChainEnvironment, ChainRunner } from './pipeline/chain.ts';
export { buildGraph } from './pipeline/check.ts';
export { Flow, fromPull, stage } from './pipeline/flow.ts';
export type { Graph, GraphNode, WireId } from './pipeline/graph.ts';
export type { LiveReport } from './pipeline/live.ts';
export type { Overrides, ResolvedParameter } from './pipeline/parameters.ts';
export { type PipelineSpec, parsePipeline } from './pipeline/parse.ts';
export { type Pass, planPasses } from './pipeline/plan.ts';
export {
  Interrupted,
  type NodeNote,
  type PassReport,
  type Progress,
  type RunCapabilities,
  type RunResult,
  runGraph,
} from './pipeline/run.ts';
export { builtins } from './registry.ts';
export { folderFiles } from './results/result-files.ts';
export { type ColumnKind, type ResultColumn, ResultTable } from './results/result-table.ts';
export type { RunSummary } from './results/run-json.ts';
export {
  type ActivationBlock,
  type ActivationOptions,
  openResults,
  type RunResults,
} from './results/run-results.ts';
export type { Shape, Shaped } from './results/shape.ts';
export { type RandomReader, type Recovered, recoverParquet } from './sinks/parquet-recover.ts';
export { type DiskFolder, openRunFolder } from './sinks/run-folder.ts';
export { openScratchFile } from './sinks/scratch-file.ts';
export {
  type CellExplorerOptions,
  type CellExplorerSession,
  openCellExplorer,
} from './sources/cellexplorer.ts';
export { type LabelsFileOptions, openLabelsFile } from './sources/labels-file.ts';
export { type MomentsFileOptions, openMomentsFile } from './sources/moments-file.ts';
export { openPatternsFile, type PatternsFileOptions } from './sources/patterns-file.ts';
export { openTables, type TablesOptions, type TablesSession } from './sources/tables.ts';
export { version } from './version.ts';
export {
  type ChainThread,
  type ChainThreadOptions,
  createChainThread,
} from './workers/chain-thread.ts';
export { createWorkerPool, type WorkerPool } from './workers/pool.ts';
export { createThreads, type Threads } from './workers/threads.ts';
