import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  cell,
  char,
  type MatFileOptions,
  type MatNode,
  matFile,
  numeric,
  scalar,
  struct,
} from '../support/mat-writer.ts';
import { root } from './pipeline-bases.ts';

/** The files of a session by what follows its name. */
export type SessionBytes = ReadonlyMap<string, Buffer>;

export const suffixes = [
  'session.mat',
  'cell_metrics.cellinfo.mat',
  'SleepState.states.mat',
  'ripples.events.mat',
] as const;

const loaderCases = join(root, '..', 'shared', 'reference', 'loader_cases');

/** Sessions to be damaged: the sample, made ones, and the small ones of other writers where they are at hand. */
export function loadSessions(): { sessions: SessionBytes[]; missing: string | undefined } {
  const sessions = [readSession(join(root, 'data-samples', 'sim_small_11')), ...madeSessions()];
  const isThere = existsSync(loaderCases);
  if (isThere) {
    for (const name of readdirSync(loaderCases).sort()) {
      const folder = join(loaderCases, name);
      if (statSync(folder).isDirectory()) sessions.push(readSession(folder));
    }
  }
  const missing = isThere ? undefined : 'small sessions of other writers are not on this machine';
  return { sessions, missing };
}

function readSession(folder: string): SessionBytes {
  const files = new Map<string, Buffer>();
  for (const name of readdirSync(folder).sort()) {
    const suffix = suffixes.find((end) => name.endsWith(end));
    if (suffix) files.set(suffix, readFileSync(join(folder, name)));
  }
  return files;
}

function madeSessions(): SessionBytes[] {
  return [
    session({}),
    session({ isCompressed: false }),
    session({ isBigEndian: true }),
    session({ isBigEndian: true, isCompressed: false }),
  ];
}

function session(options: MatFileOptions): SessionBytes {
  const file = (name: string, node: MatNode) =>
    matFile({ other: scalar(1), [name]: node }, options);
  return new Map([
    ['session.mat', file('session', sessionNode)],
    ['cell_metrics.cellinfo.mat', file('cell_metrics', metricsNode)],
    ['SleepState.states.mat', file('SleepState', statesNode)],
    ['ripples.events.mat', file('ripples', ripplesNode)],
  ]);
}

function epoch(name: string, environment: string, start: number, stop: number) {
  return struct({
    name: char(name),
    environment: char(environment, 'utf16'),
    startTime: scalar(start),
    stopTime: scalar(stop, 'int16'),
  });
}

export const sessionNode = struct({
  epochs: cell([
    epoch('before', 'sleep', 0, 40),
    epoch('track', 'linear', 40, 80),
    epoch('after', 'sleep', 80, 120),
  ]),
  extracellular: struct({ sr: scalar(20_000, 'uint16'), nChannels: scalar(64) }),
  notes: cell([cell([cell([char('x')])])]),
});

const trains = [[0.5, 1.25, 40, 40.01, 79.5], [], [2, 2.5, 3, 100.125, 119.875]].map((train) =>
  numeric(train),
);

export const metricsNode = struct({
  UID: numeric([1, 2, 3], { dims: [1, 3], storedAs: 'uint8' }),
  brainRegion: cell([char('CA1'), char('CA1'), char('CA3')]),
  putativeCellType: cell(['Pyramidal Cell', 'Interneuron', 'Pyramidal Cell'].map((t) => char(t))),
  spikes: struct({ times: cell(trains) }),
  tags: struct({ Bad: numeric([2], { storedAs: 'int64', matClass: 'int64' }) }),
  general: struct({ cellCount: scalar(3, 'uint8') }),
  shankID: numeric([1, 1, 2], { dims: [1, 3], storedAs: 'int32' }),
  sessionName: cell(['a', 'a', 'a'].map((t) => char(t, 'latin1'))),
  waveforms: struct({ filt: cell([numeric([1, 2, 3]), numeric([4, 5, 6]), numeric([])]) }),
});

export const statesNode = struct({
  ints: struct({
    WAKEstate: numeric([40, 60, 55, 80], { dims: [2, 2] }),
    NREMstate: numeric([0, 80, 30, 110], { dims: [2, 2], storedAs: 'single' }),
    REMstate: numeric([110, 120], { dims: [1, 2] }),
    THETA: numeric([], { dims: [0, 0] }),
  }),
});

export const ripplesNode = struct({
  timestamps: numeric([10, 20, 90, 10.1, 20.1, 90.1], { dims: [3, 2] }),
  peaks: numeric([10.05, 20.05, 90.05]),
  flagged: numeric([2], { storedAs: 'uint8' }),
  added: numeric([95.5]),
});
