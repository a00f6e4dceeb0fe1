import type { Figure, Group } from '../figure.ts';
import { mainFolders, mainSession, pipelineFile } from './sessions.ts';

const chunkSeconds = [5, 20, 60, 300, 1800];
const rowGroupSizes = [16_384, 65_536, 262_144];
const workers = [0, 1, 2];

export const settings: Group = {
  name: 'settings',
  says: 'Whole runs of reactivation.yaml at 10 ms, without its page, with other settings than the default ones.',
  figures: ({ isQuick }) => {
    const { session } = mainFolders(isQuick);
    const command = ['--set', `session=${session}`, 'binSize=0.01'];
    const figure = (name: string, says: string, nodes: object, more: string[] = []): Figure => ({
      name,
      says,
      work: {
        command: [...command, ...more],
        pipeline: { file: pipelineFile('reactivation'), nodes: { ...nodes, report: null } },
      },
      data: [mainSession(isQuick)],
      bounds: [
        { value: 'seconds', to: 'reactivation-10ms' },
        { value: 'peakRssBytes', to: 'reactivation-10ms' },
      ],
    });
    return [
      ...chunkSeconds.map((seconds) =>
        figure(`chunk-${seconds}s`, `Chunks of ${seconds} s.`, {
          recording: { chunkSeconds: seconds },
        }),
      ),
      ...rowGroupSizes.map((rowGroupSize) =>
        figure(`group-${rowGroupSize}`, `Row groups of ${rowGroupSize} rows.`, {
          files: { op: 'parquet', rowGroupSize },
        }),
      ),
      ...workers.map((n) => figure(`workers-${n}`, `Threads: ${n}.`, {}, ['--workers', `${n}`])),
    ];
  },
};
