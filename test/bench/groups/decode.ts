import { type DataSpec, sessionFolder } from '../data.ts';
import type { Figure, Group } from '../figure.ts';

export const decode: Group = {
  name: 'decode',
  says: 'A cell_metrics file of about 24 MB, 46 MB inflated, to one array of spikes per unit.',
  figures: ({ isQuick }) => {
    const spec: DataSpec = { preset: 'full', format: 'cellexplorer', hours: isQuick ? 0.6 : 6 };
    const figure = (part: string, says: string): Figure => ({
      name: part,
      says,
      work: { probe: 'decode', options: { session: sessionFolder(spec), part } },
      data: [spec],
    });
    return [
      figure('inflate', 'Its bytes through inflateSync of node:zlib.'),
      {
        ...figure('decode', 'The file on disk to one array per unit, its digest with it.'),
        bounds: [{ value: 'seconds', to: 'inflate', most: 1.5 }],
      },
      figure('merge', 'The arrays of the units kept to one order of time.'),
    ];
  },
};
