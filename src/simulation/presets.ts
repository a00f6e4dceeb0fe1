import { ConfigError } from '../errors.ts';
import { assemblyKinds, membersNeeded } from './assembly-kinds.ts';
import { ticksPerSecond } from './ticks.ts';

export const presetNames = ['small', 'medium', 'full'] as const;
export type PresetName = (typeof presetNames)[number];

/** A part of the recording: sleep, or a task in some environment. */
export interface EpochPlan {
  readonly name: string;
  readonly environment: string;
  /** Part of the whole duration. */
  readonly share: number;
}

/** How many units of each kind; `ca1` are the putative pyramidal ones of CA1 that no tag excludes. */
export interface UnitCounts {
  readonly ca1: number;
  readonly pfc: number;
  readonly ca1Interneurons: number;
  readonly pfcInterneurons: number;
  readonly ca3: number;
  readonly bad: number;
}

/** All that decides what a simulated recording holds. */
export interface SimulationSettings {
  readonly preset: PresetName;
  readonly seed: number;
  readonly nTicks: number;
  readonly epochs: readonly EpochPlan[];
  readonly units: UnitCounts;
  readonly nAssemblies: number;
}

type Preset = Omit<SimulationSettings, 'preset' | 'seed'>;

const oneTask: readonly EpochPlan[] = [
  { name: 'preSleep', environment: 'sleep', share: 0.3 },
  { name: 'maze', environment: 'linear', share: 0.35 },
  { name: 'postSleep', environment: 'sleep', share: 0.35 },
];

const presets: Readonly<Record<PresetName, Preset>> = {
  small: {
    nTicks: 600 * ticksPerSecond,
    epochs: oneTask,
    units: { ca1: 12, pfc: 8, ca1Interneurons: 2, pfcInterneurons: 1, ca3: 1, bad: 1 },
    nAssemblies: 3,
  },
  medium: {
    nTicks: 3600 * ticksPerSecond,
    epochs: [
      { name: 'preSleep', environment: 'sleep', share: 0.25 },
      { name: 'maze', environment: 'linear', share: 0.25 },
      { name: 'postSleep', environment: 'sleep', share: 0.25 },
      { name: 'openfield', environment: 'box', share: 0.1 },
      { name: 'lastSleep', environment: 'sleep', share: 0.15 },
    ],
    units: { ca1: 50, pfc: 25, ca1Interneurons: 5, pfcInterneurons: 2, ca3: 2, bad: 1 },
    nAssemblies: 10,
  },
  full: {
    // 6:36:57.68955, as long as the session of the tutorial.
    nTicks: 476_353_791,
    epochs: oneTask,
    units: { ca1: 75, pfc: 40, ca1Interneurons: 6, pfcInterneurons: 3, ca3: 4, bad: 2 },
    nAssemblies: 15,
  },
};

/** What may be asked for instead of a preset's own numbers. */
export interface Overrides {
  readonly seed?: number | undefined;
  readonly hours?: number | undefined;
  /** Putative pyramidal units of CA1; the other kinds grow or shrink with them. */
  readonly units?: number | undefined;
  readonly assemblies?: number | undefined;
}

/**
 * A preset's settings, or what is asked for instead.
 * @throws ConfigError TOO_FEW_UNITS where the assemblies need more units, for each unit belongs to one at most
 */
export function chooseSettings(preset: PresetName, overrides: Overrides = {}): SimulationSettings {
  const own = presets[preset];
  const { seed = 1, hours, units = own.units.ca1, assemblies = own.nAssemblies } = overrides;
  const nTicks = hours === undefined ? own.nTicks : Math.round(hours * 3600 * ticksPerSecond);
  const scaled = scaleUnits(own.units, units);
  const settings = { ...own, preset, seed, nTicks, units: scaled, nAssemblies: assemblies };
  checkRoom(settings, own.units);
  return settings;
}

function scaleUnits(own: UnitCounts, ca1: number): UnitCounts {
  const scale = (count: number) => Math.max(1, Math.round((count * ca1) / own.ca1));
  return {
    ca1,
    pfc: scale(own.pfc),
    ca1Interneurons: scale(own.ca1Interneurons),
    pfcInterneurons: scale(own.pfcInterneurons),
    ca3: scale(own.ca3),
    bad: scale(own.bad),
  };
}

function checkRoom({ units, nAssemblies }: SimulationSettings, own: UnitCounts): void {
  const needed = membersNeeded(assemblyKinds(nAssemblies));
  if (needed.ca1 <= units.ca1 && needed.pfc <= units.pfc) return;
  let enough = Math.max(needed.ca1, Math.floor((needed.pfc * own.ca1) / own.pfc) - 1);
  while (scaleUnits(own, enough).pfc < needed.pfc) enough++;
  throw new ConfigError({
    code: 'TOO_FEW_UNITS',
    where: 'option "units"',
    found: `${units.ca1} units of CA1 and ${units.pfc} of PFC`,
    expected: `at least ${needed.ca1} and ${needed.pfc} for ${nAssemblies} assemblies`,
    hint: `write --units ${enough}, or ask for fewer assemblies`,
  });
}
