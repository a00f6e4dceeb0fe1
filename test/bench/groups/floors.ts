import type { Figure, Group } from '../figure.ts';
import { binSizes, mainFolders, mainSession } from './sessions.ts';

/** What cannot be beaten, or what would be done without sparse arithmetic; others are held against it. */
export const floors: Group = {
  name: 'floors',
  says: 'What figures are held against: raw bytes to disk, the Parquet writer alone, dense loops.',
  figures: ({ isQuick }) => {
    const { ready } = mainFolders(isQuick);
    const data = [mainSession(isQuick)];
    return binSizes.flatMap(({ ms, binSize }): Figure[] => {
      const dense = (isSmoothed: boolean) => ({ ready, binSize, isSmoothed });
      return [
        {
          name: `raw-${ms}`,
          says: `Columns of activation in bins of ${ms} to disk as they are, synchronised.`,
          work: { probe: 'raw', options: { ready, binSize } },
          data,
        },
        {
          name: `parquet-alone-${ms}`,
          says: 'The same columns through the Parquet writer, one thread, zstd.',
          work: { probe: 'parquet', options: { ready, binSize } },
          data,
          bounds: [{ value: 'seconds', to: `raw-${ms}` }],
        },
        {
          name: `dense-smoothed-${ms}`,
          says: 'Dense loops: bin, smooth, moments; then bin, smooth, z-score, project.',
          work: { probe: 'dense', options: dense(true) },
          verify: { probe: 'verify-dense', options: dense(true) },
          data,
        },
        {
          name: `dense-${ms}`,
          says: 'The same without smoothing.',
          work: { probe: 'dense', options: dense(false) },
          verify: { probe: 'verify-dense', options: dense(false) },
          data,
        },
      ];
    });
  },
};
