import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { InputError } from '../../src/errors.ts';
import type { Note } from '../../src/model/report.ts';
import {
  type CellExplorerOptions,
  type CellExplorerSession,
  openCellExplorer,
} from '../../src/sources/cellexplorer.ts';
import { findGolden } from '../support/golden.ts';

/** What a session holds, in a form that can be compared. */
interface Outcome {
  readonly units: readonly string[];
  readonly spikes: readonly (readonly number[])[];
  /** Start, peak and stop; the peak is null where there is none. */
  readonly ripples: readonly (readonly (number | null)[])[];
  readonly theta: readonly (readonly number[])[] | undefined;
  readonly environments: readonly string[];
  readonly roles: readonly number[] | undefined;
  readonly warnings: readonly string[];
}

const usual: Outcome = {
  units: ['1 CA1', '2 PFC', '3 CA1'],
  // Spikes at 30 and 31 lie outside of the session, which ends at 30.
  spikes: [
    [0.5, 1, 9.55, 12, 29.9999],
    [2, 3],
    [11, 12.5, 13],
  ],
  ripples: [
    [1, null, 1.05],
    [9.48, null, 9.55],
    [12, null, 12.04],
    [25, null, 25.06],
  ],
  theta: [],
  environments: ['sleep', 'linear', 'sleep'],
  roles: [0, 1, 2],
  warnings: [],
};

const withPeaks = [
  [1, 1.02, 1.05],
  [9.48, 9.5, 9.55],
  [12, 12.01, 12.04],
  [25, 25.03, 25.06],
];
const [first, second, third, fourth] = withPeaks;
const added = [
  [4.9725, 5, 5.0275],
  [25.9725, 26, 26.0275],
];
const silentSecond = [usual.spikes[0], [], usual.spikes[2]];

/** What becomes of each awkward session: what differs from the usual one, or the error. */
const outcomes: Readonly<Record<string, Partial<Outcome> | string>> = {
  plain: {
    units: ['1 CA1', '3 CA1', '2 PFC: tagged bad'],
    spikes: [usual.spikes[0], usual.spikes[2]],
    ripples: withPeaks,
    theta: [
      [10, 15],
      [16, 18],
    ],
  },
  one_of_each: {
    units: ['1 CA1'],
    spikes: [usual.spikes[0]],
    ripples: [first],
    theta: [[10, 15]],
    environments: ['sleep'],
    roles: undefined,
  },
  no_tags: {},
  empty_bad_tag: {},
  row_spike_times: {},
  unit_without_spikes: { spikes: silentSecond },
  unit_without_spikes_0x1: { spikes: silentSecond },
  same_spike_counts: {
    spikes: [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ],
  },
  region_empty_in_first: { units: ['1 ', '2 CA1', '3 PFC'] },
  region_empty_in_second: { units: ['1 CA1', '2 ', '3 PFC'] },
  flagged_column: { ripples: [first, third] },
  flagged_row: { ripples: [first, third] },
  added_column: { ripples: [first, added[0], second, third, fourth, added[1]] },
  added_row: { ripples: [first, added[0], second, third, fourth, added[1]] },
  added_without_peaks: {
    ripples: [usual.ripples[0], added[0], ...usual.ripples.slice(1), added[1]],
  },
  unsorted_ripples: { ripples: [usual.ripples[0], usual.ripples[2], usual.ripples[3]] },
  times_instead_of_timestamps: {},
  no_ripple_file: { ripples: [], warnings: ['FILE_MISSING'] },
  no_metrics_file: 'FILE_MISSING',
  no_session_file: 'SESSION_MISSING',
  no_states_file: { theta: undefined, warnings: ['FILE_MISSING'] },
  no_sr: {},
  no_acg: {},
  environment_missing_in_one: { environments: ['sleep', '', 'sleep'] },
};

const folder = findGolden('loader_cases') ?? '';
const caseTest = test.skipIf(folder === '');

async function open(name: string, options: Partial<CellExplorerOptions> = {}) {
  const notes: Note[] = [];
  const report = (note: Note) => notes.push(note);
  const session = await openCellExplorer({ path: `${folder}/${name}`, ...options }, { report });
  return { session, notes };
}

function outcomeOf({ values, streams }: CellExplorerSession, notes: readonly Note[]): Outcome {
  const { units, epochs, ripples } = values;
  const spikes = units.kept.map(() => [] as number[]);
  for (const chunk of streams.spikes()) {
    for (let s = 0; s < chunk.times.length; s++) spikes[chunk.units[s]].push(chunk.times[s]);
  }
  return {
    units: [
      ...units.kept.map(({ id, region }) => `${id} ${region}`),
      ...units.excluded.map(({ unit, reason }) => `${unit.id} ${unit.region}: ${reason}`),
    ],
    spikes,
    ripples: Array.from(ripples.starts, (start, i) => {
      const peak = ripples.peaks[i];
      return [start, Number.isNaN(peak) ? null : peak, ripples.stops[i]];
    }),
    theta: epochs.states.get('THETA')?.map(({ start, end }) => [start, end]),
    environments: epochs.epochs.map(({ environment }) => environment),
    roles: epochs.roles && [epochs.roles.pre, epochs.roles.task, epochs.roles.post],
    warnings: notes.filter(({ level }) => level === 'warning').map(({ code }) => code),
  };
}

caseTest('the outcome of every awkward session is written down', () => {
  const folders = readdirSync(folder).filter((name) => !name.endsWith('.json'));
  expect(Object.keys(outcomes).sort()).toEqual(folders.sort());
});

caseTest.each(Object.entries(outcomes))('%s', async (name, expected) => {
  if (typeof expected === 'string') {
    await expect(open(name)).rejects.toMatchObject({ code: expected });
    await expect(open(name)).rejects.toBeInstanceOf(InputError);
    return;
  }
  const { session, notes } = await open(name);
  expect(outcomeOf(session, notes)).toEqual({ ...usual, ...expected });
});

caseTest('a separator at the end of the path changes nothing', async () => {
  for (const end of ['/', '//', '\\', '/.']) {
    const { session, notes } = await open(`plain${end}`);
    expect(outcomeOf(session, notes)).toEqual({ ...usual, ...(outcomes.plain as object) });
  }
});

caseTest('filters, and the reason of the first that fails', async () => {
  const filtered = async (name: string, brainRegion: string[], cellType?: string[]) => {
    const { session, notes } = await open(name, { brainRegion, ...(cellType ? { cellType } : {}) });
    return outcomeOf(session, notes).units;
  };
  expect(await filtered('plain', ['CA1|PFC'], ['Pyr'])).toEqual([
    '1 CA1',
    '2 PFC: tagged bad',
    '3 CA1: cell type "Narrow Interneuron" does not match Pyr',
  ]);
  expect(await filtered('plain', ['CA1', 'CA3'])).toEqual([
    '1 CA1',
    '3 CA1',
    '2 PFC: brain region "PFC" does not match CA1 or CA3',
  ]);
  expect(await filtered('region_empty_in_first', ['CA1'])).toEqual([
    '2 CA1',
    '1 : brain region "" does not match CA1',
    '3 PFC: brain region "PFC" does not match CA1',
  ]);
  const none = await open('plain', { brainRegion: ['ca1'] });
  expect(none.session.values.units.kept).toEqual([]);
  expect(none.session.values.units.excluded).toHaveLength(3);
  expect(none.notes).toContainEqual(
    expect.objectContaining({
      code: 'NO_UNITS',
      message: expect.stringContaining('regions: "CA1" (2), "PFC" (1)'),
    }),
  );
});

caseTest('options: bad units, added ripples, span', async () => {
  const all = await open('plain', { excludeBad: false });
  expect(all.session.values.units.kept.map(({ id }) => id)).toEqual([1, 2, 3]);
  const detected = await open('added_column', { manualEvents: false });
  expect(detected.session.values.ripples.starts).toHaveLength(4);
  const spikes = await open('plain', { support: 'spikes' });
  expect(spikes.session.span).toEqual({ start: 0.5, end: 31 + 1 / 20_000 });
  expect(outcomeOf(spikes.session, []).spikes[0]).toEqual([0.5, 1, 9.55, 12, 29.9999, 30, 31]);
  await expect(open('no_sr', { support: 'spikes' })).rejects.toThrow('session.extracellular.sr');
});
