import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  defineSink,
  type FinishedRun,
  type OpenSource,
  type SourceNode,
} from '../../src/define.ts';
import { builtins } from '../../src/registry.ts';
import { type RunOfRecording, reopenWith, stillOpen } from '../../src/report/recording.ts';
import { cellexplorerNode } from '../../src/sources/cellexplorer.ts';
import { root } from '../support/cli.ts';
import { soundPipeline } from '../support/pipeline.ts';
import { runText } from '../support/run.ts';

const nothing = { where: '', names: async () => [], open: () => Promise.reject(new Error()) };

/** Runs with a sink that reads the recording again in the end, and counts what happens to the recording. */
async function runWith(conclude: ((run: FinishedRun) => Promise<void>) | undefined) {
  const seen = { nOpened: 0, nClosed: 0 };
  const original: SourceNode = cellexplorerNode;
  const source: SourceNode = {
    ...original,
    open: async (options, context) => {
      seen.nOpened++;
      const opened = await original.open(options, context);
      const close = async (): Promise<void> => {
        seen.nClosed++;
      };
      return { ...opened, close };
    },
  };
  const idle = async (): Promise<void> => {};
  const sink = defineSink({
    op: 'again',
    summary: '',
    records: [],
    isMadeOfResults: true,
    params: {},
    open: async () => ({
      chunk: idle,
      value: idle,
      finish: idle,
      ...(conclude ? { conclude } : {}),
    }),
  });
  const sources = builtins.sources.map((one) => (one.op === source.op ? source : one));
  const registry = { ...builtins, sources, sinks: [...builtins.sinks, sink] };
  const text = `${soundPipeline}  last: { op: again }\n`;
  const { result } = await runText(text, join(root, 'pipelines'), {}, registry);
  return { seen, result };
}

describe('recordings of a run', () => {
  test('are open until its last step is over, and are read there without being opened again', async () => {
    let nSpikes = 0;
    const { seen, result } = await runWith(async ({ sources }) => {
      expect(seen.nClosed).toBe(0);
      for await (const chunk of sources.get('recording')?.streams.spikes?.() ?? []) {
        if (chunk.kind === 'spikes') nSpikes += chunk.times.length;
      }
    });
    expect(seen).toEqual({ nOpened: 1, nClosed: 0 });
    await result.conclude({ summary: {}, results: nothing });
    expect(nSpikes).toBe(result.wires.get('recording.spikes')?.nSpikes);
    expect(nSpikes).toBeGreaterThan(1000);
    expect(seen).toEqual({ nOpened: 1, nClosed: 1 });
  });

  test('are closed when that step fails', async () => {
    const { seen, result } = await runWith(() => Promise.reject(new Error('no')));
    await expect(result.conclude({ summary: {}, results: nothing })).rejects.toThrow('no');
    expect(seen.nClosed).toBe(1);
  });

  test('are closed at once where there is no such step', async () => {
    const { seen, result } = await runWith(undefined);
    expect(seen.nClosed).toBe(1);
    await result.conclude({ summary: {}, results: nothing });
    expect(seen.nClosed).toBe(1);
  });
});

describe('what a run still holds', () => {
  const summaryOf = (op: string, digests: OpenSource['digests']): RunOfRecording => {
    const maps = { options: new Map(), inputs: new Map(), outputs: new Map() };
    return {
      nodes: [{ id: 'it', op, kind: 'source', records: [], ...maps }],
      sources: [{ node: 'it', paths: [], digests, span: undefined }],
    };
  };
  const opened = (digests: OpenSource['digests']): OpenSource => ({
    values: {},
    streams: {},
    digests,
    paths: [],
    span: { start: 0, end: 1 },
    close: () => Promise.reject(new Error('closed')),
  });
  const digest = { name: 'a', sha256: '00', bytes: 1 };

  test('is lent without a way to close it', async () => {
    const held = new Map([['it', opened([digest])]]);
    const { source } = await stillOpen(builtins.sources, held)(summaryOf('tables', [digest]), 'it');
    expect(source?.span).toEqual({ start: 0, end: 1 });
    expect(source?.close).toBeUndefined();
  });

  test.each(['nobody', 'patterns-file', 'replay'])('%s: refused as it is later', async (op) => {
    const summary = summaryOf(op, [digest]);
    const held = new Map([['it', opened([digest])]]);
    const now = await stillOpen(builtins.sources, held)(summary, 'it');
    expect(now.source).toBeUndefined();
    expect(now).toEqual(await reopenWith(builtins.sources)(summary, 'it'));
  });

  test('is refused where no file of it is known', async () => {
    const held = new Map([['it', opened([])]]);
    const { reason } = await stillOpen(builtins.sources, held)(summaryOf('tables', []), 'it');
    expect(reason).toMatch(/not what it was/);
  });
});
