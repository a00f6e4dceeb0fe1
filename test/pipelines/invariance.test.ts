import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineSource, type OpenSource, type Registry } from '../../src/define.ts';
import type { SpikeChunk } from '../../src/model/chunk.ts';
import { check } from '../../src/params.ts';
import { builtins } from '../../src/registry.ts';
import { cellexplorerNode } from '../../src/sources/cellexplorer.ts';
import { runText } from '../support/run.ts';
import { findSession } from '../support/sessions.ts';

const folder = fileURLToPath(new URL('../../pipelines/', import.meta.url));

/** A registry whose `cellexplorer` reads the sample once and cuts its spikes at the given times. */
function cutAt(opened: OpenSource, times: readonly number[]): Registry {
  const cut = defineSource({
    ...cellexplorerNode,
    open: async () => ({ ...opened, streams: { spikes: () => recut(opened, times) } }),
  });
  return { ...builtins, sources: [cut] };
}

function* recut(opened: OpenSource, times: readonly number[]): Generator<SpikeChunk> {
  const chunks = opened.streams.spikes?.() as Iterable<SpikeChunk>;
  const whole = join([...chunks]);
  const inside = times.filter((time) => time > whole.start && time < whole.end);
  const edges = [whole.start, ...new Set(inside.sort((a, b) => a - b)), whole.end];
  let from = 0;
  for (let i = 0; i + 1 < edges.length; i++) {
    const start = edges[i] ?? Number.NaN;
    const end = edges[i + 1] ?? Number.NaN;
    let to = from;
    while (to < whole.times.length && (whole.times[to] ?? Number.NaN) < end) to++;
    yield {
      ...whole,
      start,
      end,
      times: whole.times.slice(from, to),
      units: whole.units.slice(from, to),
    };
    from = to;
  }
}

function join(chunks: readonly SpikeChunk[]): SpikeChunk {
  const [first] = chunks;
  const last = chunks.at(-1);
  if (!first || !last) throw new Error('the sample has no chunks');
  const times = Float64Array.from(chunks.flatMap((chunk) => [...chunk.times]));
  const units = Int32Array.from(chunks.flatMap((chunk) => [...chunk.units]));
  return { ...first, end: last.end, times, units };
}

async function digest(text: string, registry: Registry): Promise<Record<string, string>> {
  const { folder: files } = await runText(text, folder, {}, registry);
  return Object.fromEntries(
    [...files.files].map(([name, file]) => [
      name,
      createHash('sha256').update(file.bytes()).digest('hex'),
    ]),
  );
}

describe.each(['reactivation', 'neuro-py-tutorial'])('%s', (name) => {
  const text = readFileSync(`${folder}${name}.yaml`, 'utf8');
  let opened: OpenSource;
  let whole: Record<string, string>;

  beforeAll(async () => {
    const path = findSession('sim_small_11');
    const options = check(cellexplorerNode.params, {
      path,
      brainRegion: ['CA1'],
      cellType: ['Pyr'],
    });
    const context = {
      wanted: new Set<string>(),
      report: () => {},
      signal: new AbortController().signal,
    };
    opened = await cellexplorerNode.open(options, context);
    whole = await digest(text, cutAt(opened, []));
  });

  test('writes the ten files of a run', () => {
    expect(Object.keys(whole).sort()).toEqual([
      'activations.parquet',
      'assemblies.parquet',
      'assembly_regions.parquet',
      'epochs.parquet',
      'events.parquet',
      'moments.parquet',
      'patterns.parquet',
      'psth.parquet',
      'spectrum.parquet',
      'units.parquet',
    ]);
  });

  test('two runs give the same bytes', async () => {
    expect(await digest(text, cutAt(opened, []))).toEqual(whole);
  });

  test.each([
    ['7 bins', 0.07],
    ['60 s', 60],
    ['65,536 bins', 655.36],
  ])('chunks of %s give the same bytes', async (_, width) => {
    const times = Array.from({ length: Math.floor(601 / width) }, (_, i) => (i + 1) * width);
    expect(await digest(text, cutAt(opened, times))).toEqual(whole);
  });

  test('chunks of one bin give the same bytes', async () => {
    const times = Array.from({ length: 60_006 }, (_, i) => (i + 1) * 0.01);
    expect(await digest(text, cutAt(opened, times))).toEqual(whole);
  });

  test('chunks cut anywhere give the same bytes', async () => {
    // Cuts inside bins, on edges, in the gaps between theta bouts and many in one place.
    const time = fc.oneof(
      fc.double({ min: 0, max: 600.06, noNaN: true }),
      fc.integer({ min: 0, max: 60_000 }).map((bin) => bin * 0.01),
      fc.double({ min: 220.4, max: 220.45, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(time, { maxLength: 60 }), async (times) => {
        expect(await digest(text, cutAt(opened, times))).toEqual(whole);
      }),
      { numRuns: 12, seed: 7 },
    );
  });
});
