import { createSfc32 } from '../math/sfc32.ts';
import { behaviour } from './behaviour.ts';
import type { SimulationSettings, UnitCounts } from './presets.ts';
import { streams } from './streams.ts';
import { between, nearlyNormal, powerOfE } from './variates.ts';

export interface SimulatedUnit {
  readonly id: number;
  readonly region: string;
  readonly cellType: string;
  readonly isBad: boolean;
  /** Counts from 1. */
  readonly shank: number;
  /** Firing rate in Hz in each behaviour. */
  readonly rates: readonly number[];
  /** How many times faster it fires within a ripple. */
  readonly rippleGain: number;
}

interface UnitKind {
  readonly count: keyof UnitCounts;
  readonly region: string;
  readonly cellType: CellType;
  /** Mean and spread (SD of the natural logarithm) of the rates in Hz. */
  readonly rateHz: { readonly mean: number; readonly spread: number };
  readonly rippleGain: readonly [number, number];
  readonly isBad?: true;
}

const pyramidal = 'Pyramidal Cell';
const interneuron = 'Narrow Interneuron';
type CellType = typeof pyramidal | typeof interneuron;

/** In the order of their ids, so that the place of a unit among those kept is not its id. */
const kinds: readonly UnitKind[] = [
  {
    ...{ count: 'pfc', region: 'PFC', cellType: pyramidal },
    ...{ rateHz: { mean: 1.5, spread: 0.8 }, rippleGain: [1, 1.4] },
  },
  {
    ...{ count: 'pfcInterneurons', region: 'PFC', cellType: interneuron },
    ...{ rateHz: { mean: 7, spread: 0.4 }, rippleGain: [1, 1.4] },
  },
  {
    ...{ count: 'bad', region: 'CA1', cellType: pyramidal, isBad: true },
    ...{ rateHz: { mean: 0.8, spread: 0.6 }, rippleGain: [1, 1] },
  },
  {
    ...{ count: 'ca1', region: 'CA1', cellType: pyramidal },
    ...{ rateHz: { mean: 1.23, spread: 0.8 }, rippleGain: [1.2, 2] },
  },
  {
    ...{ count: 'ca1Interneurons', region: 'CA1', cellType: interneuron },
    ...{ rateHz: { mean: 12, spread: 0.4 }, rippleGain: [1.2, 2] },
  },
  {
    ...{ count: 'ca3', region: 'CA3', cellType: pyramidal },
    ...{ rateHz: { mean: 0.9, spread: 0.6 }, rippleGain: [1.2, 1.8] },
  },
];

/** Rates by behaviour in parts of the unit's own rate. */
const modulation: Readonly<Record<CellType, readonly number[]>> = {
  [pyramidal]: ratesIn({ quiet: 0.9, theta: 1.05, nrem: 0.95, rem: 0.85 }),
  [interneuron]: ratesIn({ quiet: 0.9, theta: 1.3, nrem: 0.8, rem: 1.2 }),
};
const unitsPerShank = 8;

function ratesIn(rates: Readonly<Record<keyof typeof behaviour, number>>): number[] {
  const byBehaviour: number[] = [];
  for (const name of Object.keys(behaviour) as (keyof typeof behaviour)[]) {
    byBehaviour[behaviour[name]] = rates[name];
  }
  return byBehaviour;
}

/**
 * The units of a recording, ids from 1. Rates are log-normal, and their mean over the units of a kind is the kind's.
 * Each unit follows behaviour in its own measure; within one behaviour, its rate is constant.
 */
export function planUnits({ seed, units: counts }: SimulationSettings): SimulatedUnit[] {
  const random = createSfc32(seed, streams.rates);
  const units: SimulatedUnit[] = [];
  let shank = 0;
  for (const [at, kind] of kinds.entries()) {
    const { region, cellType, isBad = false } = kind;
    const { mean, spread } = kind.rateHz;
    const drawn = Array.from({ length: counts[kind.count] }, () =>
      // Silent units and very fast ones are left to the real recordings.
      powerOfE(spread * Math.min(2.5, Math.max(-2.5, nearlyNormal(random)))),
    );
    const scale = (mean * drawn.length) / drawn.reduce((sum, rate) => sum + rate, 0);
    const isNewProbe = region !== kinds[at - 1]?.region;
    for (const [place, rate] of drawn.entries()) {
      if (place % unitsPerShank === 0 && (isNewProbe || place > 0)) shank++;
      units.push({
        id: units.length + 1,
        region,
        cellType,
        isBad,
        shank,
        rates: modulation[cellType].map(
          (part) => rate * scale * part * between(random, 0.75, 1.25),
        ),
        rippleGain: between(random, ...kind.rippleGain),
      });
    }
  }
  return units;
}

/** Putative pyramidal units of a region that no tag excludes, as places in the list. */
export function pyramidalUnits(units: readonly SimulatedUnit[], region: string): number[] {
  return [...units.keys()].filter((index) => {
    const unit = units[index];
    return unit.region === region && unit.cellType === pyramidal && !unit.isBad;
  });
}
