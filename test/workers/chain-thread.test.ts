import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { defineSource, type OpenSource, type Registry } from '../../src/define.ts';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import type { ChainRunner } from '../../src/pipeline/chain.ts';
import { builtins } from '../../src/registry.ts';
import { cellexplorerNode } from '../../src/sources/cellexplorer.ts';
import { type ChainThreadOptions, createChainThread } from '../../src/workers/chain-thread.ts';
import { runText } from '../support/run.ts';

// A thread cannot read TypeScript on every Node that is supported: the built file stands in for the source.
const entry = new URL('../../dist/workers/thread-worker.js', import.meta.url);
const isBuilt = existsSync(entry);
if (!isBuilt) console.info(`skipped: no ${fileURLToPath(entry)}; build first`);

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));
const textOf = (name: string): string => readFileSync(`${folder}${name}.yaml`, 'utf8');

const threads: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});

/** A thread, and how many chains it has been given. */
function open(options: ChainThreadOptions = {}) {
  const thread = createChainThread({ minSeconds: 0, entry, ...options });
  threads.push(thread);
  let nChains = 0;
  const counted: ChainRunner = {
    ...thread,
    run: (...given) => {
      nChains++;
      return thread.run(...given);
    },
  };
  return { thread: counted, nChains: () => nChains };
}

async function outcome(text: string, registry: Registry, thread?: ChainRunner) {
  const run = await runText(text, folder, {}, registry, thread ? { thread } : {});
  const files = [...run.folder.files].map(([name, file]) => [name, file.bytes()] as const);
  const { wires, notes, mostChunksInFlight } = run.result;
  // In their order, which maps do not compare.
  return { found: { files, wires: [...wires], notes }, mostChunksInFlight };
}

async function failure(text: string, registry: Registry, thread?: ChainRunner) {
  const capabilities = thread ? { thread } : {};
  const [run] = await Promise.allSettled([runText(text, folder, {}, registry, capabilities)]);
  if (run.status === 'fulfilled') throw new Error('the run has succeeded');
  const { name, message, code, where, position, exitCode } = run.reason;
  return { name, message, code, where, position, exitCode };
}

/** A registry whose recording tells chunks that are changed on their way. */
function changed(change: (chunk: SpikeChunk, index: number) => SpikeChunk): Registry {
  const source = defineSource({
    ...cellexplorerNode,
    open: async (options: Parameters<typeof cellexplorerNode.open>[0], context) => {
      const opened: OpenSource = await cellexplorerNode.open(options, context);
      const spikes = opened.streams.spikes as () => Iterable<SpikeChunk>;
      function* told() {
        let index = 0;
        for (const chunk of spikes()) yield change(chunk, index++);
      }
      return { ...opened, streams: { spikes: told } };
    },
  });
  return { ...builtins, sources: [source] };
}

describe.skipIf(!isBuilt)('a thread for chains', () => {
  test.each(['neuro-py-tutorial', 'reactivation', 'reactivation-tables'])(
    '%s: the same files, notes and counts of what flowed',
    async (name) => {
      const { thread, nChains } = open();
      const elsewhere = await outcome(textOf(name), builtins, thread);
      const here = await outcome(textOf(name), builtins);
      expect(nChains()).toBe(1);
      expect(here.found.files.length).toBeGreaterThan(8);
      expect(elsewhere.found).toEqual(here.found);
    },
  );

  test.each([
    { text: 'neuro-py-tutorial', nPrepared: 1 },
    // Nothing is smoothed: there is no chain to come.
    { text: 'plain', nPrepared: 0 },
  ])('starts ahead of a chain while a source takes long to open: $text', async (given) => {
    const { thread } = open();
    let nPrepared = 0;
    const prepare = (): void => {
      nPrepared++;
      thread.prepare?.();
    };
    const slow = defineSource({
      ...cellexplorerNode,
      open: async (options: Parameters<typeof cellexplorerNode.open>[0], context) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return cellexplorerNode.open(options, context);
      },
    });
    const tutorial = textOf('neuro-py-tutorial');
    const smoothed = tutorial.slice(tutorial.indexOf('  smoothed:'), tutorial.indexOf('  z: {'));
    const plain = tutorial.replace(smoothed, '').replace('from: smoothed', 'from: counts');
    const registry = { ...builtins, sources: [slow] };
    const text = given.text === 'plain' ? plain : tutorial;
    const elsewhere = await outcome(text, registry, { ...thread, prepare });
    expect(nPrepared).toBe(given.nPrepared);
    expect(elsewhere.found).toEqual((await outcome(text, registry)).found);
  });

  test('nothing may wait in it: no more chunks are in flight than without', async () => {
    const { thread } = open({ spareBytes: 0 });
    const elsewhere = await outcome(textOf('reactivation-tables'), builtins, thread);
    const here = await outcome(textOf('reactivation-tables'), builtins);
    expect(elsewhere.mostChunksInFlight).toBe(here.mostChunksInFlight);
    expect(elsewhere.found).toEqual(here.found);
  });

  test('notes and wires keep their order where the smoothed branch comes first', async () => {
    const text = textOf('neuro-py-tutorial');
    const template = text.slice(text.indexOf('  taskTheta:'), text.indexOf('  # Section 4:'));
    const turned = text
      .replace(template, '')
      .replace('  activity:', `${template}  activity:`)
      // Both grids drop some time and say so.
      .replaceAll(', grid: neuro-py', '');
    const { thread, nChains } = open();
    const elsewhere = await outcome(turned, builtins, thread);
    const here = await outcome(turned, builtins);
    expect(nChains()).toBe(1);
    expect(here.found.notes.length).toBeGreaterThan(1);
    expect(elsewhere.found).toEqual(here.found);
  });

  test('spikes in shared memory count as well while they wait', async () => {
    const text = textOf('neuro-py-tutorial').replace(
      'recording: { ',
      'recording: { chunkSeconds: 0.2, ',
    );
    const { thread } = open({ spareBytes: 20_000 });
    const elsewhere = await outcome(text, builtins, thread);
    const here = await outcome(text, builtins);
    const nChunks = new Map(here.found.wires).get('recording.spikes')?.nChunks ?? 0;
    expect(nChunks).toBeGreaterThan(1000);
    expect(elsewhere.mostChunksInFlight).toBe(here.mostChunksInFlight);
    expect(elsewhere.found).toEqual(here.found);
  });

  test('a chunk that cannot be sent fails the run', async () => {
    const odd = changed((chunk, index) =>
      index === 3 ? { ...chunk, late: (() => {}) as unknown as SpikeChunk } : chunk,
    );
    const { thread } = open();
    const elsewhere = await failure(textOf('neuro-py-tutorial'), odd, thread);
    expect(elsewhere.message).toContain('could not be cloned');
  });

  test('a short recording does not start it', async () => {
    const { thread, nChains } = open({ minSeconds: 1e6 });
    await outcome(textOf('neuro-py-tutorial'), builtins, thread);
    expect(nChains()).toBe(0);
  });

  test('an error there is the error that it is here, at the same place', async () => {
    const backwards = changed((chunk, index) =>
      index === 3 ? { ...chunk, times: chunk.times.slice().reverse() } : chunk,
    );
    // Of the branches, only the chain reads the spikes as they come.
    const text = textOf('neuro-py-tutorial');
    const { thread } = open();
    const elsewhere = await failure(text, backwards, thread);
    expect(elsewhere).toMatchObject({ name: 'InputError', code: 'BAD_SPIKES', exitCode: 3 });
    expect(elsewhere.where).toBe('node "counts" (bin)');
    expect(elsewhere).toEqual(await failure(text, backwards));
  });

  test('an error of the options has its line', async () => {
    const text = textOf('neuro-py-tutorial').replace(
      "templateBinSize: '${templateBinSize}', kernel: neuro-py, across: gaps",
      'sd: 60, truncate: 20',
    );
    const { thread } = open();
    const elsewhere = await failure(text, builtins, thread);
    expect(elsewhere).toMatchObject({ name: 'ConfigError', code: 'KERNEL_TOO_WIDE' });
    expect(elsewhere.position?.line).toBeGreaterThan(10);
    expect(elsewhere).toEqual(await failure(text, builtins));
  });

  test('an error of the recording on its way', async () => {
    const torn = changed((chunk, index) => {
      if (index === 3) throw new Error('the disk is gone');
      return chunk;
    });
    const { thread } = open();
    const elsewhere = await failure(textOf('neuro-py-tutorial'), torn, thread);
    expect(elsewhere.message).toBe('the disk is gone');
  });

  test('a stop ends it', async () => {
    const abort = new AbortController();
    const stopping = changed((chunk, index) => {
      if (index === 3) setImmediate(() => abort.abort());
      return chunk;
    });
    const { thread } = open();
    const run = runText(textOf('neuro-py-tutorial'), folder, {}, stopping, {
      thread,
      signal: abort.signal,
    });
    await expect(run).rejects.toThrow('interrupted');
  });

  test('a thread that ends early fails the run', async () => {
    const gone = new URL(`data:text/javascript,${encodeURIComponent('process.exit(7)')}`);
    const { thread } = open({ entry: gone });
    const elsewhere = await failure(textOf('neuro-py-tutorial'), builtins, thread);
    expect(elsewhere.message).toBe('the thread of a chain ended early, code 7');
  });

  test('once closed it takes no more', async () => {
    const thread = createChainThread({ minSeconds: 0, entry });
    await thread.close();
    const elsewhere = await failure(textOf('neuro-py-tutorial'), builtins, thread);
    expect(elsewhere.message).toBe('the thread of chains has been ended');
  });
});
