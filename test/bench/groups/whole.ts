import type { Figure, Group } from '../figure.ts';
import { binSizes, mainFolders, mainSession, mebibyte, pipelineFile } from './sessions.ts';

const pipelines = [
  { short: 'tutorial', name: 'neuro-py-tutorial' },
  { short: 'reactivation', name: 'reactivation' },
];
/** Times of the Parquet writer alone. */
const most = { '10ms': 1.8, '2ms': 1.3 };

export const whole: Group = {
  name: 'whole',
  says: 'A run as a user runs it: the process from its start to its end, everything on.',
  figures: ({ isQuick }) => {
    const { session } = mainFolders(isQuick);
    return binSizes.flatMap(({ ms, binSize }) =>
      pipelines.map(
        ({ short, name }): Figure => ({
          name: `${short}-${ms}`,
          says: `rekindle run pipelines/${name}.yaml in bins of ${ms}.`,
          work: {
            command: [
              'run',
              pipelineFile(name),
              '--set',
              `session=${session}`,
              `binSize=${binSize}`,
            ],
          },
          data: [mainSession(isQuick)],
          bounds: [
            { value: 'seconds', to: `parquet-alone-${ms}`, most: most[ms] },
            { value: 'peakRssBytes', most: 250 * mebibyte },
          ],
        }),
      ),
    );
  },
};
