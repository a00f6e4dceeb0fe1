import type {
  ActivationChunk,
  CountsChunk,
  Moments,
  SpikeChunk,
  Trigger,
  ZscoredChunk,
} from './chunk.ts';
import type { Correlation } from './correlation.ts';
import type { Epochs } from './epochs.ts';
import type { Events, Psth } from './events.ts';
import type { Patterns } from './patterns.ts';
import type { UnitLabels } from './unit-labels.ts';
import type { UnitTable } from './units.ts';

/** What a stream wire carries, chunk by chunk. */
export interface StreamTypes {
  spikes: SpikeChunk;
  counts: CountsChunk;
  zscored: ZscoredChunk;
  activation: ActivationChunk;
  triggers: Trigger;
}

/** What a value wire carries, once. */
export interface ValueTypes {
  units: UnitTable;
  labels: UnitLabels;
  epochs: Epochs;
  events: Events;
  moments: Moments;
  patterns: Patterns;
  correlation: Correlation;
  psth: Psth;
}

export type WireTypes = StreamTypes & ValueTypes;
export type StreamType = keyof StreamTypes;
export type ValueType = keyof ValueTypes;
export type WireType = keyof WireTypes;

export const streamTypes: readonly StreamType[] = [
  'spikes',
  'counts',
  'zscored',
  'activation',
  'triggers',
];

export function isStreamType(type: WireType): type is StreamType {
  return (streamTypes as readonly WireType[]).includes(type);
}
