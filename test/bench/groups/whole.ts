import type { Figure, Group } from '../figure.ts';
import { binSizes, mainFolders, mainSession, mebibyte, pipelineFile } from './sessions.ts';

/** Both pipelines as far as their tables; what the page of the results adds is a figure of its own. */
const pipelines = [
  { short: 'tutorial', name: 'neuro-py-tutorial', nodes: {} },
  { short: 'reactivation', name: 'reactivation', nodes: { report: null } },
];
/** Times of the Parquet writer alone. */
const most = { '10ms': 1.8, '2ms': 1.3 };

export const whole: Group = {
  name: 'whole',
  says: 'A run as a user runs it: the process from its start to its end, everything on.',
  figures: ({ isQuick }) => {
    const { session } = mainFolders(isQuick);
    const command = (binSize: number) => ['--set', `session=${session}`, `binSize=${binSize}`];
    const data = [mainSession(isQuick)];
    const tables = binSizes.flatMap(({ ms, binSize }) =>
      pipelines.map(
        ({ short, name, nodes }): Figure => ({
          name: `${short}-${ms}`,
          says: `rekindle run pipelines/${name}.yaml in bins of ${ms}${'report' in nodes ? ', without its page' : ''}.`,
          work: { command: command(binSize), pipeline: { file: pipelineFile(name), nodes } },
          data,
          bounds: [
            { value: 'seconds', to: `parquet-alone-${ms}`, most: most[ms] },
            { value: 'peakRssBytes', most: 250 * mebibyte },
          ],
        }),
      ),
    );
    const page: Figure = {
      name: 'reactivation-page-10ms',
      says: 'rekindle run pipelines/reactivation.yaml in bins of 10ms, with report.html.',
      work: { command: ['run', pipelineFile('reactivation'), ...command(0.01)] },
      data,
      bounds: [{ value: 'seconds', to: 'reactivation-10ms' }],
    };
    return [...tables, page];
  },
};
