import type { RecordedWire, SinkContext } from '../define.ts';
import type { Trigger } from '../model/chunk.ts';
import type { Psth } from '../model/events.ts';
import type { StreamType, StreamTypes } from '../model/wires.ts';
import type { Frame, PsthFrame, SourceFrame, StatusFrame, TriggerFrame } from './frame.ts';
import { createRates, type Rates } from './rates.ts';
import { createTraces, finiteOrNull, type Traces } from './traces.ts';

const maxTriggers = 200;
/** Seconds between two states of things that change all the time. */
const statusEvery = 0.2;

type LiveSources = NonNullable<SinkContext['status']>;

export interface FeedOptions {
  /** Seconds of silence after which a page is told so. */
  readonly staleAfter: number;
  /** Monotonic, in seconds. */
  readonly now: () => number;
  readonly sources: LiveSources;
}

type Status = Omit<StatusFrame, 'nDropped'>;
/** A frame before it is known which page it goes to. */
export type SharedFrame = Omit<Frame, 'status'> & { readonly status?: Status };

/** Gathers what flows, and tells what is new. */
export interface Feed {
  readonly chunk: (wire: RecordedWire, chunk: StreamTypes[StreamType]) => void;
  readonly psth: (wire: RecordedWire, psth: Psth) => void;
  /** What is new since the last call; undefined where nothing is. */
  readonly next: () => SharedFrame | undefined;
  /** What a page that comes now has to know. */
  readonly start: () => SharedFrame;
  /** The run is over. */
  readonly end: () => void;
}

/**
 * Memory: the thinned traces of the last minute, 200 triggers and the last of all else. Nothing depends on how many pages
 * look.
 */
export function createFeed({ staleAfter, now, sources }: FeedOptions): Feed {
  const traces = new Map<string, Traces>();
  const rates = new Map<string, Rates>();
  const psths = new Map<string, PsthFrame>();
  const changed = new Set<string>();
  let recent: TriggerFrame[] = [];
  let fresh: TriggerFrame[] = [];
  let isOver = false;
  let hasCome = false;
  let cameAt = now();
  let toldAt = Number.NEGATIVE_INFINITY;
  let time = Number.NaN;
  let nBins = 0;
  let nTriggers = 0;

  function chunk(wire: RecordedWire, item: StreamTypes[StreamType]): void {
    const key = keyOf(wire);
    switch (item.kind) {
      case 'activation':
        made(traces, key, () => createTraces(key)).push(item);
        nBins += item.nBins;
        if (item.nBins > 0) come(item.end);
        return;
      case 'spikes':
        made(rates, key, () => createRates(key)).push(item);
        come(item.end);
        return;
      case 'trigger':
        tell(key, item);
        return;
    }
  }

  function come(end: number): void {
    hasCome = true;
    cameAt = now();
    time = end;
  }

  function tell(node: string, { kind: _kind, value: _value, ...facts }: Trigger): void {
    nTriggers++;
    fresh = [...fresh.slice(1 - maxTriggers), { node, ...facts }];
  }

  function psth(wire: RecordedWire, { lags, mean, nUsed, eventTimes }: Psth): void {
    const node = keyOf(wire);
    const columns = mean.map((column) => Array.from(column, finiteOrNull));
    const nEvents = eventTimes.length;
    psths.set(node, { node, lags: [...lags], mean: columns, nUsed, nEvents });
    changed.add(node);
  }

  function status(): Status {
    const silent = now() - cameAt;
    const told = sources().map(sourceFrame);
    const isStale = hasCome && (silent > staleAfter || told.some(({ state }) => state === 'stale'));
    const state = isOver ? 'ended' : !hasCome ? 'waiting' : isStale ? 'stale' : 'running';
    return { state, time: finiteTime(time), silent, nBins, nTriggers, sources: told };
  }

  const ratesNow = () => [...rates.values()].flatMap((of) => of.now() ?? []);

  function next(): SharedFrame | undefined {
    const rows = [...traces.values()].flatMap((of) => of.take() ?? []);
    const averages = [...changed].flatMap((node) => psths.get(node) ?? []);
    const triggers = fresh;
    recent = [...recent, ...triggers].slice(-maxTriggers);
    fresh = [];
    changed.clear();
    const isDue = now() - toldAt >= statusEvery || isOver;
    if (isDue) toldAt = now();
    const isNew = rows.length > 0 || averages.length > 0 || triggers.length > 0;
    if (!isNew && !isDue) return undefined;
    const parts = { traces: rows, psths: averages, triggers };
    return isDue ? { ...parts, rates: ratesNow(), status: status() } : { ...parts, rates: [] };
  }

  function start(): SharedFrame {
    return {
      isStart: true,
      traces: [...traces.values()].map((of) => of.history()),
      psths: [...psths.values()],
      triggers: recent,
      rates: ratesNow(),
      status: status(),
    };
  }

  const end = (): void => {
    isOver = true;
  };
  return { chunk, psth, next, start, end };
}

function made<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** The node, and its port where that is not its only one of this type. */
function keyOf({ node, port, type }: RecordedWire): string {
  return port === type ? node : `${node}.${port}`;
}

function sourceFrame({ node, status, latency }: ReturnType<LiveSources>[number]): SourceFrame {
  const { state, queued, counts } = status;
  const told = { node, state, watermark: finiteTime(status.watermark), queued, counts };
  return latency === undefined || !Number.isFinite(latency) ? told : { ...told, latency };
}

function finiteTime(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}
