import { onTestFinished } from 'vitest';
import type { OpenSink, RecordedWire, SinkContext } from '../../src/define.ts';
import type { ActivationChunk } from '../../src/model/chunk.ts';
import type { Psth } from '../../src/model/events.ts';
import type { LivePageOptions } from '../../src/sinks/live-page.ts';
import { livePageNode } from '../../src/sinks/live-page.ts';
import { createMemoryFolder } from './memory-folder.ts';
import { notes, spikeRun } from './streams.ts';

function wire(node: string, port: RecordedWire['type']): RecordedWire {
  return { node, op: 'test', port, type: port };
}

export const wires = {
  activity: wire('activity', 'activation'),
  average: wire('ripples', 'psth'),
  crossings: wire('high', 'triggers'),
  spikes: wire('rig', 'spikes'),
};

export interface ServedPage {
  readonly sink: OpenSink;
  readonly url: string;
  readonly codes: () => string[];
  /** Ends the run as it would end by itself. */
  readonly end: () => Promise<void>;
}

/** The sink, served on a port that is free; it is closed when the test is over at the latest. */
export async function servePage(
  options: Partial<LivePageOptions> = {},
  status?: SinkContext['status'],
): Promise<ServedPage> {
  const { report, all, codes } = notes();
  const settings = {
    port: 0,
    address: '127.0.0.1',
    title: 'a sleeping animal',
    staleAfter: 1,
    ...options,
  };
  const context: SinkContext = {
    folder: createMemoryFolder(),
    wires: Object.values(wires),
    recordings: [],
    provenance: new Map(),
    report,
    ...(status ? { status } : {}),
  };
  const sink = await livePageNode.open(settings, context);
  let isOver = false;
  const end = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await sink.finish();
    await sink.close?.();
  };
  onTestFinished(end);
  const url = all.find(({ code }) => code === 'LIVE_PAGE')?.data?.url;
  return { sink, url: String(url), codes, end };
}

/** Activation of some assemblies that come and go: row `k` of a recording in bins of 10 ms. */
function strength(assembly: number, bin: number): number {
  const phase = (bin + 37 * assembly) % (150 + 10 * assembly);
  return phase < 6 ? 20 + 3 * assembly : Math.sin(bin * 0.7 + assembly);
}

export function activationBins(firstBin: number, nBins: number, nAssemblies = 20): ActivationChunk {
  const binSize = 0.01;
  const rows = Array.from({ length: nBins }, (_, row) => firstBin + row);
  return {
    kind: 'activation',
    start: firstBin * binSize,
    end: (firstBin + nBins) * binSize,
    origin: 0,
    step: binSize,
    binSize,
    firstBin,
    nBins,
    times: Float64Array.from(rows, (bin) => bin * binSize + binSize / 2),
    columns: Array.from({ length: nAssemblies }, (_, a) =>
      Float64Array.from(rows, (bin) => strength(a, bin)),
    ),
  };
}

export function averageOf(nUsed: number, nAssemblies = 20): Psth {
  const lags = Float64Array.from({ length: 101 }, (_, i) => (i - 50) / 100);
  const mean = Array.from({ length: nAssemblies }, (_, a) =>
    lags.map((lag) => (a + 1) * Math.exp(-lag * lag * 100)),
  );
  const n = new Int32Array(101).fill(nUsed);
  const eventTimes = Float64Array.from({ length: nUsed + 1 }, (_, i) => i);
  return { kind: 'psth', lags, mean, sem: mean, n, eventTimes, nUsed, convention: 'exact' };
}

/** Feeds a page as a rig would, `speed` times as fast as the recording ran. @returns stops it */
export function feedPage({ sink }: ServedPage, { speed = 1, nAssemblies = 20 } = {}): () => void {
  const began = performance.now();
  let bin = 0;
  const step = (): void => {
    const until = Math.floor(((performance.now() - began) / 10) * speed);
    if (until === bin) return;
    const chunk = activationBins(bin, until - bin, nAssemblies);
    const spikes = Array.from({ length: 15 * (until - bin) }, (_, i) => {
      const time = chunk.start + ((i + 0.5) / (15 * (until - bin))) * (chunk.end - chunk.start);
      return [time, (i * 31 + bin * 7) % 150] as const;
    });
    void sink.chunk(wires.spikes, spikeRun(chunk.start, chunk.end, spikes, 150));
    void sink.chunk(wires.activity, chunk);
    if (Math.floor(until / 50) > Math.floor(bin / 50)) {
      const assembly = 1 + (Math.floor(until / 50) % nAssemblies);
      const crossing = { kind: 'trigger', time: chunk.start, assembly, value: 9 } as const;
      void sink.chunk(wires.crossings, crossing);
      void sink.value(wires.average, averageOf(Math.floor(until / 50), nAssemblies));
    }
    bin = until;
  };
  const timer = setInterval(step, 10);
  const stop = (): void => clearInterval(timer);
  onTestFinished(stop);
  return stop;
}
