import { from, type Observable } from 'rxjs';
import { expect } from 'vitest';
import type { ZscoredChunk } from '../../src/model/chunk.ts';
import type { Patterns } from '../../src/model/patterns.ts';
import type { UnitTable } from '../../src/model/units.ts';
import { type FitPatternsOptions, fitPatterns } from '../../src/operators/fit-patterns.ts';
import { zscoredChunks } from './zscored-chunks.ts';

/** The patterns of a stream that ends at once; its error is thrown. */
export function fitChunks(
  chunks: readonly ZscoredChunk[],
  options?: FitPatternsOptions,
  units?: Observable<UnitTable>,
): Patterns {
  const emitted: Patterns[] = [];
  const errors: unknown[] = [];
  from(chunks)
    .pipe(fitPatterns(options, { units }))
    .subscribe({
      next: (patterns) => emitted.push(patterns),
      error: (error) => errors.push(error),
    });
  if (errors.length > 0) throw errors[0];
  expect(emitted).toHaveLength(1);
  return emitted[0];
}

/** The patterns of dense rows, one per bin, as a stream cut before the given ones. */
export function fitRows(
  rows: readonly ArrayLike<number>[],
  options?: FitPatternsOptions,
  cuts: number[] = [],
): Patterns {
  return fitChunks(zscoredChunks(rows, rows[0]?.length ?? 0, cuts), options);
}
