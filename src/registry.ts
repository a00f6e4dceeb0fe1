import type { Registry } from './define.ts';
import { binNode } from './operators/bin.ts';
import { correlateNode } from './operators/correlate.ts';
import { epochFilterNode } from './operators/epoch-filter.ts';
import { eventAlignNode } from './operators/event-align.ts';
import { fitPatternsNode } from './operators/fit-patterns.ts';
import { projectNode } from './operators/project.ts';
import { smoothNode } from './operators/smooth.ts';
import { zscoreNode } from './operators/zscore.ts';
import { parquetNode } from './sinks/parquet.ts';
import { cellexplorerNode } from './sources/cellexplorer.ts';
import { labelsFileNode } from './sources/labels-file.ts';
import { momentsFileNode } from './sources/moments-file.ts';
import { patternsFileNode } from './sources/patterns-file.ts';
import { tablesNode } from './sources/tables.ts';

const sources: Registry['sources'] = [
  cellexplorerNode,
  tablesNode,
  momentsFileNode,
  patternsFileNode,
  labelsFileNode,
];

/** Every node a pipeline may name, in the order data meets them. */
export const builtins: Registry = {
  sources,
  operators: [
    epochFilterNode,
    binNode,
    smoothNode,
    zscoreNode,
    fitPatternsNode,
    correlateNode,
    projectNode,
    eventAlignNode,
  ],
  sinks: [parquetNode],
};
