import { from, lastValueFrom, Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import type { ScratchFile } from '../../src/math/counts-store.ts';
import { createMersenneTwister } from '../../src/math/random.ts';
import { type FitPatternsOptions, fitPatterns } from '../../src/operators/fit-patterns.ts';
import { openScratchFile } from '../../src/sinks/scratch-file.ts';
import { zscoredChunks } from '../support/zscored-chunks.ts';

const { double } = createMersenneTwister(3);
// Units 0 to 3 fire together now and then.
const rows = Array.from({ length: 900 }, () => {
  const isTogether = double() < 0.08;
  return Array.from({ length: 9 }, (_, unit) =>
    double() < 0.1 || (isTogether && unit < 4) ? 1 + Math.floor(2 * double()) : 0,
  );
});

/** Scratch files that count what is done to them. */
function countedScratch() {
  const counted = { nOpened: 0, nClosed: 0, nRead: 0 };
  const open = (): ScratchFile => {
    const file = openScratchFile();
    counted.nOpened++;
    return {
      append: file.append,
      read: (bytes, position) => {
        counted.nRead++;
        file.read(bytes, position);
      },
      close: () => {
        counted.nClosed++;
        file.close();
      },
    };
  };
  return { open, counted };
}

function patternsOf(options: FitPatternsOptions, scratch?: () => ScratchFile) {
  const chunks = zscoredChunks(rows, 9, [100, 350, 600]);
  return lastValueFrom(from(chunks).pipe(fitPatterns(options, {}, { scratch })));
}

describe('counts in a scratch file', () => {
  test.each<FitPatternsOptions>([
    { method: 'ica' },
    { method: 'pca', stability: 'split-half' },
    { method: 'ica', restarts: 2 },
    { method: 'ica', bound: 'bin-shuffle', nShuffles: 50 },
  ])('the same patterns to the last bit: %j', async (options) => {
    const { open, counted } = countedScratch();
    const found = await patternsOf({ ...options, countsMemory: 1000 }, open);
    expect(found.weights.length).toBeGreaterThan(0);
    expect(found).toEqual(await patternsOf(options));
    expect(counted).toMatchObject({ nOpened: 1, nClosed: 1 });
    expect(counted.nRead).toBeGreaterThan(3);
  });

  test('no file within the budget', async () => {
    const { open, counted } = countedScratch();
    await patternsOf({}, open);
    expect(counted.nOpened).toBe(0);
  });

  test('the file goes when nobody waits for the patterns any more', () => {
    const { open, counted } = countedScratch();
    const chunks = zscoredChunks(rows, 9, [100, 350, 600]);
    const endless = new Observable<(typeof chunks)[number]>((subscriber) => {
      // Enough of them for a block.
      for (let i = 0; i < 40; i++) for (const chunk of chunks) subscriber.next(chunk);
    });
    endless
      .pipe(fitPatterns({ countsMemory: 0 }, {}, { scratch: open }))
      .subscribe()
      .unsubscribe();
    expect(counted).toMatchObject({ nOpened: 1, nClosed: 1 });
  });
});
