import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { behaviour } from '../../src/simulation/behaviour.ts';
import {
  chooseSettings,
  type Overrides,
  type PresetName,
  presetNames,
} from '../../src/simulation/presets.ts';
import {
  planSession,
  type SimulatedSession,
  simulateBlocks,
} from '../../src/simulation/session.ts';
import { statesOf } from '../../src/simulation/states.ts';
import { ticksPerSecond } from '../../src/simulation/ticks.ts';
import { pyramidalUnits } from '../../src/simulation/units.ts';
import { failure } from '../support/streams.ts';

const plan = (preset: PresetName, overrides: Overrides = {}) =>
  planSession(chooseSettings(preset, overrides));

function digest(session: SimulatedSession): string {
  const hash = createHash('sha256');
  for (const { spikes } of simulateBlocks(session)) {
    spikes.times.forEach((time, s) => {
      hash.update(`${time} ${session.units[spikes.units[s]].id}\n`);
    });
  }
  return hash.digest('hex');
}

/** Spike times of each unit in ticks. */
function trainsOf(session: SimulatedSession): number[][] {
  const trains = session.units.map((): number[] => []);
  for (const { spikes } of simulateBlocks(session)) {
    for (const [s, time] of spikes.times.entries()) {
      trains[spikes.units[s]].push(time * ticksPerSecond);
    }
  }
  return trains;
}

describe('one seed, one recording', () => {
  test('the spikes of the small preset are these, on any machine', () => {
    expect(digest(plan('small'))).toBe(
      '573c3b87ebe8d57a12a587545f7079acf654cc86163cf9bc743c57ec0fa54e84',
    );
  });

  test('another seed makes another recording', () => {
    expect(digest(plan('small', { seed: 2, hours: 0.02 }))).not.toBe(
      digest(plan('small', { seed: 3, hours: 0.02 })),
    );
  });

  test('what is planted moves no spike of the others', () => {
    const planted = plan('small', { hours: 0.05 });
    const bare = plan('small', { hours: 0.05, assemblies: 0 });
    const members = new Set(planted.assemblies.flatMap((assembly) => assembly.members));
    const trains = trainsOf(planted);
    const others = trainsOf(bare);
    for (const [unit, train] of others.entries()) {
      if (members.has(unit)) expect(trains[unit].length).toBeGreaterThan(train.length);
      else expect(trains[unit]).toEqual(train);
    }
  });
});

describe('spikes', () => {
  const session = plan('small', { seed: 5 });
  const trains = trainsOf(session);

  test('lie on the grid, each 2 ms or more behind the one before', () => {
    for (const train of trains) {
      expect(train.length).toBeGreaterThan(10);
      const ticks = train.map((tick) => Math.round(tick));
      expect(ticks.filter((tick, s) => Math.abs(tick - train[s]) > 1e-6)).toEqual([]);
      expect(ticks.filter((tick, s) => s > 0 && tick - ticks[s - 1] < 40)).toEqual([]);
      expect(ticks.at(-1)).toBeLessThan(session.settings.nTicks);
    }
  });

  test('come in order of time and unit, in blocks without gaps', () => {
    let end = 0;
    for (const { spikes, activations } of simulateBlocks(session)) {
      const { times, units } = spikes;
      expect(spikes.start).toBe(end);
      end = spikes.end;
      const isInside = (time: number) => spikes.start <= time && time < spikes.end;
      expect(times.every(isInside)).toBe(true);
      expect(activations.every(({ tick }) => isInside(tick / ticksPerSecond))).toBe(true);
      const isInOrder = (time: number, s: number) =>
        s === 0 || time > times[s - 1] || (time === times[s - 1] && units[s] > units[s - 1]);
      expect(times.every(isInOrder)).toBe(true);
    }
    expect(end).toBe(600);
  });

  test('are as many as the rates say', () => {
    const long = plan('full', { hours: 1, assemblies: 0 });
    const [kept, seconds] = [pyramidalUnits(long.units, 'CA1'), 3600];
    const counts = trainsOf(long).map((train) => train.length);
    const mean = kept.reduce((sum, unit) => sum + counts[unit], 0) / kept.length / seconds;
    expect(mean).toBeGreaterThan(1.1);
    expect(mean).toBeLessThan(1.35);
    const rates = kept.map((unit) => counts[unit] / seconds);
    // Log-normal: slow ones and fast ones.
    expect(Math.min(...rates)).toBeLessThan(0.4);
    expect(Math.max(...rates)).toBeGreaterThan(3.5);
  });
});

describe('what happens when', () => {
  test.each(presetNames)('%s: bouts fill the epochs, and states the recording', (preset) => {
    const session = plan(preset, { seed: 3 });
    const { epochs, bouts } = session.schedule;
    expect(bouts[0].start).toBe(0);
    for (const [i, bout] of bouts.entries()) {
      expect(bout.end).toBeGreaterThan(bout.start);
      expect(bout.end).toBe(bouts[i + 1]?.start ?? session.settings.nTicks);
      const inside = epochs.filter(({ start, end }) => start <= bout.start && bout.end <= end);
      expect(inside).toHaveLength(1);
    }
    const total = (...names: string[]) =>
      names
        .flatMap((name) => statesOf(session).get(name) ?? [])
        .reduce((sum, { start, end }) => sum + end - start, 0);
    const duration = session.settings.nTicks / ticksPerSecond;
    expect(total('WAKEstate', 'NREMstate', 'REMstate')).toBeCloseTo(duration, 6);
    expect(total('THETA', 'nonTHETA')).toBeCloseTo(duration, 6);
    expect(epochs.map(({ environment }) => environment)).toContain('linear');
    expect(epochs[0].environment).toBe('sleep');
    expect(epochs.at(-1)?.environment).toBe('sleep');
  });

  test('ripples lie in NREM sleep, and a few in pauses of the task', () => {
    const { ripples, bouts, epochs } = plan('medium').schedule;
    expect(ripples.length).toBeGreaterThan(500);
    let nAwake = 0;
    for (const { start, peak, end, phase } of ripples) {
      expect(start).toBeLessThan(peak);
      expect(peak).toBeLessThan(end);
      const bout = bouts.find((bout) => bout.start <= start && end <= bout.end);
      const epoch = epochs.find((epoch) => epoch.start <= start && end <= epoch.end);
      expect(epoch?.phase).toBe(phase);
      if (phase === 'task') nAwake++;
      expect(bout?.behaviour).toBe(phase === 'task' ? behaviour.quiet : behaviour.nrem);
    }
    expect(nAwake).toBeGreaterThan(10);
    expect(nAwake).toBeLessThan(ripples.length / 4);
  });

  test('long recordings keep the proportions, and full ends where the tutorial does', () => {
    const { schedule, settings } = plan('full', { hours: 100 });
    const shares = schedule.epochs.map(({ start, end }) => (end - start) / settings.nTicks);
    for (const [i, share] of [0.3, 0.35, 0.35].entries()) expect(shares[i]).toBeCloseTo(share, 4);
    expect(plan('full').settings.nTicks / ticksPerSecond).toBe(23817.68955);
    expect(pyramidalUnits(plan('full').units, 'CA1')).toHaveLength(75);
  });
});

describe('assemblies', () => {
  test('share no unit, and each kind has members where it says', () => {
    const { assemblies, units } = plan('full', { units: 440, assemblies: 100 });
    const members = assemblies.flatMap((assembly) => assembly.members);
    expect(new Set(members).size).toBe(members.length);
    for (const { kind, members } of assemblies) {
      const regions = new Set(members.map((member) => units[member].region));
      expect([...regions].sort().join('+')).toBe(kind);
      expect(members.length).toBeGreaterThanOrEqual(4);
      expect(members.every((member) => !units[member].isBad)).toBe(true);
    }
    expect(new Set(assemblies.map(({ kind }) => kind)).size).toBe(3);
  });

  test('come back in ripples, more often after the task than before', () => {
    const session = plan('medium');
    const { epochs, ripples } = session.schedule;
    const counts = { pre: 0, task: 0, post: 0 };
    const nInRipples = { pre: 0, task: 0, post: 0 };
    for (const { activations } of simulateBlocks(session)) {
      for (const { tick } of activations) {
        const phase = epochs.find(({ start, end }) => start <= tick && tick < end)?.phase ?? 'pre';
        counts[phase]++;
        if (ripples.some(({ start, end }) => start <= tick && tick < end)) nInRipples[phase]++;
      }
    }
    expect(nInRipples.pre).toBe(counts.pre);
    expect(nInRipples.post).toBe(counts.post);
    expect(nInRipples.task).toBeLessThan(counts.task / 4);
    expect(counts.post).toBeGreaterThan(3 * counts.pre);
    expect(counts.pre).toBeGreaterThan(0);
  });

  test('that need more units than there are are refused, with how many would do', () => {
    const error = failure(() => chooseSettings('full', { assemblies: 100 }));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ code: 'TOO_FEW_UNITS', exitCode: 2 });
    const enough = Number(/--units (\d+)/.exec((error as ConfigError).hint ?? '')?.[1]);
    expect(() => chooseSettings('full', { assemblies: 100, units: enough })).not.toThrow();
    expect(() => chooseSettings('full', { assemblies: 100, units: enough - 1 })).toThrow();
  });
});

test('a longer recording takes no more memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const session = plan('small', { hours: 20 });
  const used: number[] = [];
  for (const { spikes } of simulateBlocks(session)) {
    if (spikes.end !== 3600 && spikes.end !== 19 * 3600) continue;
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    used.push(heapUsed + arrayBuffers);
  }
  // Eighteen hours have about four million spikes between.
  expect(used[1] - used[0]).toBeLessThan(2e6);
});
