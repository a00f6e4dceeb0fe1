import type { Registry } from './define.ts';
import { binNode } from './operators/bin.ts';
import { correlateNode } from './operators/correlate.ts';
import { epochFilterNode } from './operators/epoch-filter.ts';
import { eventAlignNode } from './operators/event-align.ts';
import { eventAlignLiveNode } from './operators/event-align-live.ts';
import { fitPatternsNode } from './operators/fit-patterns.ts';
import { projectNode } from './operators/project.ts';
import { smoothNode } from './operators/smooth.ts';
import { thresholdNode } from './operators/threshold.ts';
import { zscoreNode } from './operators/zscore.ts';
import { zscoreBaselineNode } from './operators/zscore-baseline.ts';
import { zscoreRunningNode } from './operators/zscore-running.ts';
import { figuresNode } from './sinks/figures.ts';
import { journalNode } from './sinks/journal.ts';
import { livePageNode } from './sinks/live-page.ts';
import { parquetNode } from './sinks/parquet.ts';
import { reportSink } from './sinks/report.ts';
import { triggersNode } from './sinks/triggers.ts';
import { triggersZmqNode } from './sinks/triggers-zmq.ts';
import { cellexplorerNode } from './sources/cellexplorer.ts';
import { labelsFileNode } from './sources/labels-file.ts';
import { liveLinesNode } from './sources/live-lines.ts';
import { liveOpenEphysNode } from './sources/live-open-ephys.ts';
import { momentsFileNode } from './sources/moments-file.ts';
import { patternsFileNode } from './sources/patterns-file.ts';
import { replayNode } from './sources/replay.ts';
import { tablesNode } from './sources/tables.ts';

const sources: Registry['sources'] = [
  cellexplorerNode,
  tablesNode,
  momentsFileNode,
  patternsFileNode,
  labelsFileNode,
  replayNode,
  liveOpenEphysNode,
  liveLinesNode,
];

/** Every node a pipeline may name, in the order data meets them. */
export const builtins: Registry = {
  sources,
  operators: [
    epochFilterNode,
    binNode,
    smoothNode,
    zscoreNode,
    zscoreBaselineNode,
    zscoreRunningNode,
    fitPatternsNode,
    correlateNode,
    projectNode,
    eventAlignNode,
    eventAlignLiveNode,
    thresholdNode,
  ],
  sinks: [
    parquetNode,
    journalNode,
    triggersNode,
    triggersZmqNode,
    livePageNode,
    figuresNode,
    reportSink(sources),
  ],
};
