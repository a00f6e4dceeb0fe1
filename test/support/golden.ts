import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NpyArray, readNpz } from './npz.ts';

const folders = ['../golden/', '../../../shared/reference/'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** Where a golden file (or folder) is; undefined, with the reason printed, when it is nowhere. */
export function findGolden(name: string): string | undefined {
  const path = folders.map((folder) => `${folder}${name}`).find((path) => existsSync(path));
  if (path === undefined) console.info(`skipped: no golden ${name} in ${folders.join(' or ')}`);
  return path;
}

/** Parsed content; the texts "nan", "inf" and "-inf" stand for numbers that JSON has not. */
export function loadGoldenJson<T>(name: string): T | undefined {
  const path = findGolden(name);
  if (path === undefined) return undefined;
  const special = new Map([
    ['nan', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
  ]);
  const revive = (_: string, value: unknown) =>
    typeof value === 'string' ? (special.get(value) ?? value) : value;
  return JSON.parse(readFileSync(path, 'utf8'), revive) as T;
}

export function loadGoldenNpz(name: string): Map<string, NpyArray> | undefined {
  const path = findGolden(name);
  return path === undefined ? undefined : readNpz(path);
}
