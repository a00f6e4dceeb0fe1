import { fileParams } from '../../../src/sinks/parquet-file.ts';
import type { Figure, Group } from '../figure.ts';
import { mainFolders, mainSession } from './sessions.ts';

/** As far as the writer knows them. */
const codecs = ['zstd', 'gzip', 'snappy', 'none'].filter(
  (codec) => fileParams.compression.parse(codec) !== undefined,
);
const rowGroupSizes = [8192, 32_768, 131_072, 524_288];

export const codecsGroup: Group = {
  name: 'codecs',
  says: 'The Parquet writer alone at 10 ms: codecs, number types and row groups; sizes and times.',
  figures: ({ isQuick }) => {
    const { ready } = mainFolders(isQuick);
    const figure = (name: string, says: string, options: object): Figure => ({
      name,
      says,
      work: { probe: 'parquet', options: { ready, binSize: 0.01, ...options } },
      data: [mainSession(isQuick)],
      bounds: [
        { value: 'seconds', to: 'parquet-alone-10ms' },
        { value: 'bytes', to: 'parquet-alone-10ms' },
      ],
    });
    return [
      ...codecs.flatMap((compression) => [
        figure(`${compression}-float64`, `Codec ${compression}, float64.`, {
          file: { compression },
        }),
        figure(`${compression}-float32`, `Codec ${compression}, float32.`, {
          file: { compression },
          activations: 'float32',
        }),
      ]),
      ...rowGroupSizes.map((rowGroupSize) =>
        figure(`rows-${rowGroupSize}`, `Row groups of ${rowGroupSize} rows, zstd, float64.`, {
          file: { rowGroupSize },
        }),
      ),
    ];
  },
};
