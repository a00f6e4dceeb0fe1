import { type DataSpec, sessionFolder } from '../data.ts';
import type { Bound, Figure, Group } from '../figure.ts';
import { mebibyte, pipelineFile } from './sessions.ts';

/** The full preset as it is, a day, and four days; for trying out, an hour stands for a day. */
const recordings = [
  { name: 'flat-7h', hours: undefined, length: 23_817.68955 / 3600, quick: 0.5 },
  { name: 'flat-24h', hours: 24, length: 24, quick: 1 },
  { name: 'flat-100h', hours: 100, length: 100, quick: 4 },
];

export const flat: Group = {
  name: 'flat',
  says: 'Whole runs over tables that are streamed: memory and time per hour do not grow.',
  figures: ({ isQuick }) =>
    recordings.map(({ name, hours, length, quick }): Figure => {
      const spec: DataSpec = { preset: 'full', format: 'tables' };
      const wanted = isQuick ? quick : hours;
      const data = wanted === undefined ? spec : { ...spec, hours: wanted };
      const against: Bound[] =
        name === 'flat-100h'
          ? [
              { value: 'peakRssBytes', to: 'flat-24h', within: 1.1 },
              { value: 'seconds', per: 'hours', to: 'flat-24h', within: 1.1 },
            ]
          : name === 'flat-7h'
            ? [{ value: 'seconds', per: 'hours', to: 'flat-24h' }]
            : [];
      return {
        name,
        says: `rekindle run reactivation-tables.yaml over ${(isQuick ? quick : length).toFixed(1)} h.`,
        work: {
          command: [
            'run',
            pipelineFile('reactivation-tables'),
            '--set',
            `session=${sessionFolder(data)}`,
          ],
          counts: { hours: isQuick ? quick : length },
        },
        data: [data],
        bounds: [{ value: 'peakRssBytes', most: 250 * mebibyte }, ...against],
      };
    }),
};
