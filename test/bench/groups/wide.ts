import { type DataSpec, sessionFolder } from '../data.ts';
import type { Bound, Figure, Group } from '../figure.ts';
import { mebibyte, pipelineFile } from './sessions.ts';

/** What projection is made to work on, and how much longer it may take than the first, where that is known. */
const sizes: readonly { name: string; change: Partial<Size>; most?: number; says: string }[] = [
  {
    name: 'projection',
    change: {},
    says: 'Projection of 1 million spikes on 100 assemblies, 1 h.',
  },
  { name: 'projection-2x-spikes', change: { nSpikes: 2 }, most: 2.2, says: 'Twice the spikes.' },
  {
    name: 'projection-2x-assemblies',
    change: { nPatterns: 2 },
    most: 2.2,
    says: 'Twice the assemblies.',
  },
  {
    name: 'projection-2x-units',
    change: { nUnits: 2 },
    most: 1.25,
    says: 'Twice the units, as many spikes.',
  },
  {
    name: 'projection-2x-bins',
    change: { nBins: 2 },
    says: 'Twice the bins, as many spikes: twice the columns are filled.',
  },
];

interface Size {
  readonly nUnits: number;
  readonly nBins: number;
  readonly nSpikes: number;
  readonly nPatterns: number;
}

const usual: Size = { nUnits: 1000, nBins: 360_000, nSpikes: 1_000_000, nPatterns: 100 };

export const wide: Group = {
  name: 'wide',
  says: '1000 units and 100 assemblies; what the time of projection hangs on.',
  figures: ({ isQuick }) => {
    const run = (name: string, format: DataSpec['format'], hours: number): Figure => {
      const file = format === 'tables' ? 'reactivation-tables' : 'reactivation';
      const size = isQuick ? { units: 500, assemblies: 50 } : { units: 1000, assemblies: 100 };
      const spec: DataSpec = {
        preset: 'full',
        format,
        hours: isQuick ? hours / 10 : hours,
        ...size,
      };
      const growth: Bound = { value: 'peakRssBytes', to: 'wide-tables-1h' };
      return {
        name,
        says: `rekindle run ${file}.yaml, without its page: 1000 units, 100 planted assemblies, ${hours} h.`,
        work: {
          command: ['--set', `session=${sessionFolder(spec)}`],
          pipeline: { file: pipelineFile(file), nodes: { report: null } },
        },
        data: [spec],
        bounds: hours === 1 ? [{ value: 'peakRssBytes', most: 400 * mebibyte }] : [growth],
      };
    };
    const runs = [
      run('wide-1h', 'cellexplorer', 1),
      run('wide-tables-1h', 'tables', 1),
      run('wide-tables-4h', 'tables', 4),
    ];
    const factor = isQuick ? 0.1 : 1;
    const base: Size = { ...usual, nBins: usual.nBins * factor, nSpikes: usual.nSpikes * factor };
    return [...runs, ...sizes.map((size) => scaled(size, base))];
  },
};

function scaled({ name, change, most, says }: (typeof sizes)[number], base: Size): Figure {
  const times = (key: keyof Size) => base[key] * (change[key] ?? 1);
  const options: Size = {
    nUnits: times('nUnits'),
    nBins: times('nBins'),
    nSpikes: times('nSpikes'),
    nPatterns: times('nPatterns'),
  };
  const bound: Bound = { value: 'seconds', to: 'projection', ...(most ? { most } : {}) };
  const bounds = name === 'projection' ? [] : [bound];
  return { name, says, work: { probe: 'projection', options: { ...options } }, bounds };
}
