import type { OpenSource, SourceContext } from '../define.ts';
import { cellexplorerNode, openCellExplorer } from './cellexplorer.ts';
import { listFolder } from './session-folder.ts';
import { openTables, tablesNode } from './tables.ts';

export interface UnitChoice {
  readonly brainRegion?: readonly string[] | undefined;
  readonly cellType?: readonly string[] | undefined;
}

/**
 * Opens a recording in whichever format of files its folder holds.
 * @throws InputError when the folder cannot be listed or its files cannot be read
 */
export async function openAnySession(
  path: string,
  units: UnitChoice,
  context: Partial<SourceContext> = {},
): Promise<OpenSource> {
  const wanted = {
    expected: 'the folder of a recording',
    hint: `it may hold ${tablesNode.op} (spikes.csv or spikes.parquet) or files of ${cellexplorerNode.op}`,
  };
  const { folder, names } = await listFolder(path, wanted);
  const options = { path: folder, ...units };
  const isTables = tablesNode.recognizes?.([...names]) === true;
  return isTables ? openTables(options, context) : openCellExplorer(options, context);
}
