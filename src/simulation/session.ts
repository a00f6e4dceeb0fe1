import type { SpikeChunk } from '../model/chunk.ts';
import { type Activation, createActivator } from './activations.ts';
import { type PlantedAssembly, planAssemblies } from './assemblies.ts';
import type { SimulationSettings } from './presets.ts';
import { planSchedule, type Schedule } from './schedule.ts';
import { createSegmenter } from './segments.ts';
import { createSpikeTrain } from './spike-trains.ts';
import { ticksPerSecond, toSeconds } from './ticks.ts';
import { planUnits, type SimulatedUnit } from './units.ts';

/** A simulated recording before its spikes are made. */
export interface SimulatedSession {
  readonly settings: SimulationSettings;
  readonly schedule: Schedule;
  readonly units: readonly SimulatedUnit[];
  readonly assemblies: readonly PlantedAssembly[];
}

/** A stretch of the recording with all that happened in it. */
export interface SimulatedBlock {
  readonly spikes: SpikeChunk;
  /** Activations whose middle lies in the block, in order of time. */
  readonly activations: readonly Activation[];
}

const blockTicks = 10 * ticksPerSecond;

export function planSession(settings: SimulationSettings): SimulatedSession {
  const units = planUnits(settings);
  const assemblies = planAssemblies(units, settings);
  return { settings, schedule: planSchedule(settings), units, assemblies };
}

/**
 * The spikes of a recording in order of time, in blocks of ten seconds; spikes at one time are in the order of their
 * units. The same settings make the same spikes on any machine: only arithmetic that IEEE 754 rounds in one way
 * decides on them.
 * Memory: one block, and a few numbers per unit and assembly.
 */
export function* simulateBlocks({
  settings,
  schedule,
  units,
  assemblies,
}: SimulatedSession): Generator<SimulatedBlock> {
  const { seed, nTicks } = settings;
  const cut = createSegmenter(schedule);
  const activate = createActivator(assemblies, seed);
  const trains = units.map((unit) => createSpikeTrain(unit, seed));
  const nUnits = units.length;
  let planted = units.map((): number[] => []);
  let early: Activation[] = [];
  let keys = new Float64Array(1024);

  for (let start = 0; start < nTicks; start += blockTicks) {
    const end = Math.min(start + blockTicks, nTicks);
    const blockSchedule = cut(start, end);
    const plant = (unit: number, tick: number) => planted[unit].push(tick);
    const activations = [...early, ...activate(start, blockSchedule, plant)];

    // Sorting numbers that hold tick and unit is much faster than merging trains.
    let nSpikes = 0;
    const length = end - start;
    const later = planted.map((ticks) => ticks.filter((tick) => tick >= length));
    for (let unit = 0; unit < nUnits; unit++) {
      const now = planted[unit].filter((tick) => tick < length).sort((a, b) => a - b);
      trains[unit](blockSchedule, length, now, (tick) => {
        if (nSpikes === keys.length) keys = grown(keys);
        keys[nSpikes++] = tick * nUnits + unit;
      });
    }
    planted = later.map((ticks) => ticks.map((tick) => tick - length));
    early = activations.filter(({ tick }) => tick >= end);
    yield {
      spikes: toChunk(keys.subarray(0, nSpikes).sort(), nUnits, start, end, nTicks),
      activations: activations.filter(({ tick }) => tick < end).sort(inTime),
    };
  }
}

function inTime(a: Activation, b: Activation): number {
  return a.tick - b.tick || a.assembly - b.assembly;
}

function grown(keys: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(keys.length * 2);
  larger.set(keys);
  return larger;
}

function toChunk(
  keys: Float64Array,
  nUnits: number,
  start: number,
  end: number,
  nTicks: number,
): SpikeChunk {
  const times = new Float64Array(keys.length);
  const units = new Int32Array(keys.length);
  for (let s = 0; s < keys.length; s++) {
    const tick = Math.floor(keys[s] / nUnits);
    units[s] = keys[s] - tick * nUnits;
    times[s] = toSeconds(start + tick);
  }
  return {
    kind: 'spikes',
    start: toSeconds(start),
    end: toSeconds(end),
    nUnits,
    times,
    units,
    runEnd: toSeconds(nTicks),
  };
}
