import { join } from 'node:path';
import type { Figure, Group } from '../figure.ts';
import { root } from '../paths.ts';
import { mainFolders, mainSession, pipelineFile } from './sessions.ts';

const ready = join(root, 'test', 'bench', 'pipelines', 'ready-compute.yaml');
/** Parts of the time that dense loops take. */
const kinds = [
  { name: '-smoothed', isSmoothed: true, most: 1 / 3 },
  { name: '', isSmoothed: false, most: 1 / 4 },
];
const pipelines = [
  { short: 'tutorial', name: 'neuro-py-tutorial' },
  { short: 'reactivation', name: 'reactivation' },
];

export const compute: Group = {
  name: 'compute',
  says: 'Graphs without a sink: everything but the writing.',
  figures: ({ isQuick }) => {
    const folders = mainFolders(isQuick);
    const data = [mainSession(isQuick)];
    return kinds.flatMap(({ name, isSmoothed, most }): Figure[] => {
      const bounds = [{ value: 'seconds', to: `dense${name}-10ms`, most }];
      const core: Figure = {
        name: `core${name}-10ms`,
        says: 'The work of the dense loops by a graph: ready spikes, two passes, known patterns.',
        work: {
          probe: 'graph',
          options: {
            pipeline: ready,
            sets: { patterns: join(folders.ready, 'run'), binSize: '0.01' },
            isSmoothed,
            ready: folders.ready,
          },
        },
        data,
        bounds,
      };
      const graphs = pipelines.map(
        ({ short, name: file }): Figure => ({
          name: `${short}${name}-graph-10ms`,
          says: `${file}.yaml${isSmoothed ? '' : ' without smoothing'}: load, fit, project, align.`,
          work: {
            probe: 'graph',
            options: {
              pipeline: pipelineFile(file),
              sets: { session: folders.session, binSize: '0.01' },
              isSmoothed,
            },
          },
          data,
          bounds,
        }),
      );
      return [core, ...graphs];
    });
  },
};
