import type { RunFolder } from '../define.ts';
import { ConfigError } from '../errors.ts';
import type { SimulatedSession } from '../simulation/session.ts';
import { expectSpikes, statesOf } from '../simulation/states.ts';
import { ticksPerSecond, toSeconds } from '../simulation/ticks.ts';
import {
  cell,
  column,
  lazyMatrix,
  type MatNode,
  matrixOf,
  maxVariableBytes,
  row,
  rows,
  scalar,
  struct,
  text,
  texts,
  writeMat,
} from './mat-writer.ts';
import type { SessionWriter } from './session-folder.ts';
import { createSpikeStore, type SpikeStore } from './spike-store.ts';

const detector = 'rekindle simulate';
const channelsPerShank = 8;
/** In the order of their numbers in `SleepState.idx.states`, from 1. */
const stateNames = ['WAKE', '', 'NREM', '', 'REM'];

/**
 * Writes a recording as CellExplorer keeps one: MATLAB v5 files that are named after the session, with its epochs,
 * units and their spikes, ripples and sleep states. What a simulation has not (waveforms, autocorrelograms) is NaN.
 * Memory: 4 to 8 bytes per spike until the end, and the compressed bytes then; the format wants spikes by unit.
 * @throws ConfigError TOO_LARGE_FOR_FORMAT when the spikes would take more than a variable may
 */
export function openCellExplorerWriter(
  session: SimulatedSession,
  folder: RunFolder,
  basename: string,
): SessionWriter {
  checkSize(session);
  const store = createSpikeStore(session.units.length);
  const write = async (suffix: string, variable: string, node: MatNode) => {
    const file = await folder.create(`${basename}.${suffix}`);
    await writeMat(file, `written by ${detector}`, variable, node);
  };
  return {
    block: async ({ spikes }) => store.push(spikes),
    finish: async () => {
      await write('session.mat', 'session', sessionNode(session, basename));
      const metrics = metricsNode(session, store, basename);
      await write('cell_metrics.cellinfo.mat', 'cell_metrics', metrics);
      await write('ripples.events.mat', 'ripples', ripplesNode(session));
      await write('SleepState.states.mat', 'SleepState', sleepStateNode(session));
    },
  };
}

function checkSize(session: SimulatedSession): void {
  const bytes = Math.round(expectSpikes(session) * 8);
  if (bytes < maxVariableBytes * 0.9) return;
  throw new ConfigError({
    code: 'TOO_LARGE_FOR_FORMAT',
    where: 'option "format"',
    found: `about ${(bytes / 1e9).toFixed(1)} GB of spikes`,
    expected: 'at most 1.9 GB, for a variable of a MATLAB v5 file',
    hint: 'write --format tables, or ask for fewer hours or units',
  });
}

const animal = struct({
  name: text('simulated'),
  sex: text('Unknown'),
  species: text('Simulated'),
  strain: text('Simulated'),
  geneticLine: text('none'),
});

function epochsNode({ schedule }: SimulatedSession): MatNode {
  return cell(
    schedule.epochs.map(({ name, environment, start, end }) =>
      struct({
        name: text(name),
        startTime: scalar(toSeconds(start)),
        stopTime: scalar(toSeconds(end)),
        environment: text(environment),
      }),
    ),
  );
}

function sessionNode(session: SimulatedSession, basename: string): MatNode {
  const { settings, units } = session;
  const nShanks = Math.max(...units.map(({ shank }) => shank));
  const shanks = Array.from({ length: nShanks }, (_, at) => at + 1);
  const regions = [...new Set(units.map(({ region }) => region))];
  const regionNode = (region: string): MatNode => {
    const own = new Set(units.filter((unit) => unit.region === region).map(({ shank }) => shank));
    const channels = [...own].flatMap(channelsOf);
    return struct({ channels: row(channels), electrodeGroups: row([...own]) });
  };
  return struct({
    general: struct({
      name: text(basename),
      version: scalar(5),
      sessionType: text('Simulated'),
      duration: scalar(toSeconds(settings.nTicks)),
      notes: text(`preset ${settings.preset}, seed ${settings.seed}`),
    }),
    animal,
    epochs: epochsNode(session),
    extracellular: struct({
      sr: scalar(ticksPerSecond),
      srLfp: scalar(1250),
      nChannels: scalar(nShanks * channelsPerShank),
      nElectrodeGroups: scalar(nShanks),
      electrodeGroups: struct({ channels: cell(shanks.map((shank) => row(channelsOf(shank)))) }),
    }),
    brainRegions: struct(Object.fromEntries(regions.map((region) => [region, regionNode(region)]))),
  });
}

function channelsOf(shank: number): number[] {
  const first = (shank - 1) * channelsPerShank + 1;
  return Array.from({ length: channelsPerShank }, (_, at) => first + at);
}

function metricsNode(session: SimulatedSession, store: SpikeStore, basename: string): MatNode {
  const { settings, units } = session;
  const counts = units.map((_, unit) => store.count(unit));
  const duration = toSeconds(settings.nTicks);
  const onShank = new Map<number, number>();
  const places = units.map(({ shank }) => {
    const place = (onShank.get(shank) ?? 0) + 1;
    onShank.set(shank, place);
    return place;
  });
  const unknown = (nRows: number, nColumns: number) =>
    matrixOf(new Array<number>(nRows * nColumns).fill(Number.NaN), [nRows, nColumns]);
  const trains = counts.map((count, unit) => lazyMatrix([count, 1], () => store.times(unit)));
  const same = (label: string) => texts(units.map(() => label));
  return struct({
    UID: row(units.map(({ id }) => id)),
    cluID: row(places.map((place) => place + 1)),
    shankID: row(units.map(({ shank }) => shank)),
    electrodeGroup: row(units.map(({ shank }) => shank)),
    maxWaveformCh1: row(
      units.map(({ shank }, unit) => channelsOf(shank)[(places[unit] - 1) % channelsPerShank]),
    ),
    brainRegion: texts(units.map(({ region }) => region)),
    putativeCellType: texts(units.map(({ cellType }) => cellType)),
    labels: same('-'),
    sessionName: same(basename),
    animal: same('simulated'),
    spikeCount: row(counts),
    firingRate: row(counts.map((count) => count / duration)),
    spikes: struct({ times: cell(trains) }),
    waveforms: struct({ filt: cell(units.map(() => unknown(1, 48))) }),
    acg: struct({
      wide: unknown(1001, units.length),
      narrow: unknown(201, units.length),
      log10: unknown(100, units.length),
    }),
    tags: struct({ Bad: row(units.filter(({ isBad }) => isBad).map(({ id }) => id)) }),
    general: struct({
      basename: text(basename),
      cellCount: scalar(units.length),
      version: scalar(4),
      animal,
      epochs: epochsNode(session),
    }),
  });
}

function ripplesNode({ schedule: { ripples } }: SimulatedSession): MatNode {
  const seconds = ripples.map(({ start, peak, end }) => [start, peak, end].map(toSeconds));
  return struct({
    timestamps: rows(
      seconds.map(([start, , end]) => [start, end]),
      2,
    ),
    peaks: column(seconds.map(([, peak]) => peak)),
    duration: column(ripples.map(({ start, end }) => toSeconds(end - start))),
    frequency: column(ripples.map(({ frequencyHz }) => frequencyHz)),
    peakNormedPower: column(ripples.map(({ normedPower }) => normedPower)),
    detectorName: text(detector),
    detectorinfo: struct({ detectorname: text(detector) }),
  });
}

function sleepStateNode(session: SimulatedSession): MatNode {
  const states = statesOf(session);
  const nSeconds = Math.floor(toSeconds(session.settings.nTicks));
  const numbers = new Array<number>(nSeconds).fill(0);
  for (const [at, name] of stateNames.entries()) {
    for (const { start, end } of states.get(`${name}state`) ?? []) {
      numbers.fill(at + 1, start, Math.min(Math.floor(end), nSeconds));
    }
  }
  const ints = [...states].map(([name, spans]) => [
    name,
    rows(
      spans.map(({ start, end }) => [start, end]),
      2,
    ),
  ]);
  return struct({
    ints: struct(Object.fromEntries(ints) as Record<string, MatNode>),
    idx: struct({
      states: column(numbers),
      timestamps: column(numbers.map((_, second) => second + 1)),
      statenames: texts(stateNames),
    }),
    detectorinfo: struct({ detectorname: text(detector) }),
  });
}
